import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow } from '../fixtures/account.ts';

/*
 * Who rewrites the trust policy of a role (https://pathfinding.cloud/paths/iam-012) also chooses what its session
 * carries: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
 */

const REWRITE = 'iam:UpdateAssumeRolePolicy';
const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const NOOR = arn('user', 'noor');
const CRANE = arn('role', 'crane');

const trust = (Principal: object, Action: string | string[] = 'sts:AssumeRole'): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action }],
});
const EC2 = trust({ Service: 'ec2.amazonaws.com' });
const ofTeam = { StringEquals: { 'aws:PrincipalTag/team': 'web' } };
const withIdentity = { StringLike: { 'aws:SourceIdentity': 'noor*' } };
const withMfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
const writer = (...policies: object[]) => [{ name: 'noor', policies: [allow(REWRITE, CRANE), ...policies] }];
const crane = (condition: object, more: object = {}) => [
  { name: 'crane', trust: EC2, policies: [allow('ssm:StartSession', '*', condition)], ...more },
];
const deny = (Action: string, Condition?: object): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action, Resource: '*', ...(Condition && { Condition }) }],
});

function cell(input: AccountInput, principal: string = NOOR): Cell | undefined {
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  const filter = { principal, path: 'session-manager', instance: 'i-1' } as const;
  return [...cellsOf(buildMatrix(snapshot), snapshot, filter)][0];
}

const held = (input: AccountInput, principal?: string) => {
  const { verdict, via, condition } = cell(input, principal) ?? {};
  return verdict && { verdict, via, condition: condition?.text ?? null };
};

describe('the writer of a trust policy brings what the role asks for', () => {
  test('a session tag', () => {
    expect(held({ users: writer(), roles: crane(ofTeam) })).toEqual({
      verdict: 'conditional',
      via: [REWRITE, CRANE, 'sts:TagSession'],
      condition: expect.stringContaining('team'),
    });
    expect(held({ users: [], roles: crane(ofTeam) }, CRANE)).toBeUndefined();
  });

  test('a source identity', () => {
    const found = held({ users: writer(), roles: crane(withIdentity) });
    expect(found).toMatchObject({ verdict: 'conditional', via: [REWRITE, CRANE, 'sts:SetSourceIdentity'] });
  });

  test('MFA, if it is a user', () => {
    const found = held({ users: writer(), roles: crane(withMfa) });
    expect(found).toMatchObject({ verdict: 'conditional', via: [REWRITE, CRANE, 'sts:AssumeRole'] });
    const deputy = { name: 'deputy', trust: EC2, policies: [allow(REWRITE, CRANE)] };
    const roles = [...crane(withMfa), deputy];
    expect(held({ roles }, arn('role', 'deputy'))?.verdict).not.toBe('allowed');
    expect(held({ roles }, arn('role', 'deputy'))?.via ?? []).not.toContain('sts:AssumeRole');
  });

  test('all of them at once', () => {
    const roles = crane({ ...ofTeam, ...withIdentity, ...withMfa });
    expect(held({ users: writer(), roles })?.via).toEqual([
      ...[REWRITE, CRANE],
      ...['sts:TagSession', 'sts:SetSourceIdentity', 'sts:AssumeRole'],
    ]);
  });

  test('a tag that a guardrail asks for', () => {
    const roles = [{ name: 'crane', trust: EC2, policies: [allow('ssm:StartSession')] }];
    const scps = [
      allow('*'),
      deny('ssm:StartSession', { StringNotEquals: { 'aws:PrincipalTag/team': 'web' } }),
    ];
    expect(held({ users: writer(), roles, organization: [{ scps }] })?.via).toEqual([
      REWRITE,
      CRANE,
      'sts:TagSession',
    ]);
  });

  test('a tag for a resource of the same tag', () => {
    const own = { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } };
    const instances = [{ id: 'i-1', tags: { team: 'web' } }];
    const found = held({ users: writer(), roles: crane(own), instances });
    expect(found).toMatchObject({ verdict: 'conditional', via: [REWRITE, CRANE, 'sts:TagSession'] });
  });

  test('a tag that the trust policy of a further role asks for', () => {
    const policies = [allow('sts:AssumeRole', arn('role', 'mast'))];
    const asks = { Effect: 'Allow', Principal: { AWS: CRANE }, Action: 'sts:AssumeRole', Condition: ofTeam };
    const mast = {
      ...{ name: 'mast', policies: [allow('ssm:StartSession')] },
      trust: { Version: '2012-10-17', Statement: [asks] },
    };
    const roles = [{ name: 'crane', trust: EC2, policies }, mast];
    expect(held({ users: writer(), roles })?.via).toEqual([
      ...[REWRITE, CRANE, 'sts:TagSession'],
      arn('role', 'mast'),
    ]);
  });

  test('also for itself', () => {
    const policies = [allow(REWRITE, CRANE), allow('ssm:StartSession', '*', ofTeam)];
    const roles = [{ name: 'crane', trust: EC2, policies }];
    expect(held({ roles }, CRANE)?.via).toEqual([REWRITE, CRANE, 'sts:TagSession']);
  });
});

describe('nothing is gained', () => {
  test('if the present trust policy lets it in', () => {
    const tagged = trust({ AWS: ACCOUNT_ID }, ['sts:AssumeRole', 'sts:TagSession']);
    const found = held({ users: writer(), roles: crane(ofTeam, { trust: tagged }) });
    expect(found).toMatchObject({ verdict: 'conditional', via: [REWRITE, CRANE] });
  });

  test('if the role has the tag, or a plain session is enough', () => {
    const found = held({ users: writer(), roles: crane(ofTeam, { tags: { team: 'web' } }) });
    expect(found).toMatchObject({ verdict: 'allowed', via: [REWRITE, CRANE] });
  });

  test('if the caller may not add it', () => {
    expect(held({ users: writer(deny('sts:TagSession')), roles: crane(ofTeam) })).toBeUndefined();
    const mayNot = writer(deny('sts:SetSourceIdentity'));
    expect(held({ users: mayNot, roles: crane(withIdentity) })).toBeUndefined();
    const others = deny('sts:TagSession', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'team' } });
    expect(held({ users: writer(others), roles: crane(ofTeam) })).toBeUndefined();
  });

  test('from a reserved tag', () => {
    const reserved = { StringEquals: { 'aws:PrincipalTag/aws:team': 'web' } };
    expect(held({ users: writer(), roles: crane(reserved) })).toBeUndefined();
  });

  test('if the trust policy cannot be rewritten', () => {
    const users = [{ name: 'noor', policies: [allow(REWRITE, arn('role', 'another'))] }];
    expect(held({ users, roles: crane(ofTeam) })).toBeUndefined();
  });
});

test('a session with a source identity keeps it when it takes a role whose trust policy it wrote', () => {
  const identity = { StringLike: { 'sts:SourceIdentity': '*' } };
  const Action = ['sts:AssumeRole', 'sts:SetSourceIdentity'];
  const Statement = [{ Effect: 'Allow', Principal: { AWS: ACCOUNT_ID }, Action, Condition: identity }];
  const bound = { name: 'bound', policies: [allow(REWRITE)], trust: { Version: '2012-10-17', Statement } };
  const roles = [bound, { name: 'crane', trust: EC2, policies: [allow('ssm:StartSession')] }];
  expect(held({ roles }, arn('role', 'bound'))).toMatchObject({ verdict: 'allowed', via: [REWRITE, CRANE] });
});

test('the steps name the caller, the role and the request of each choice', () => {
  const found = cell({ users: writer(), roles: crane({ ...ofTeam, ...withIdentity }) });
  const step = (action: string) => ({ from: NOOR, to: CRANE, request: { action, resource: CRANE } });
  expect(found?.steps).toEqual(
    [REWRITE, 'sts:TagSession', 'sts:SetSourceIdentity'].map((action) =>
      expect.objectContaining(step(action)),
    ),
  );
});
