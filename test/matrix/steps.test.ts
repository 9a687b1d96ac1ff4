import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, type RoleInput } from '../fixtures/account.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const ADA = arn('user', 'ada');
const trust = (Principal: unknown, Condition?: object, Action = 'sts:AssumeRole'): object => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    { Sid: 'In', Effect: 'Allow', Principal, Action, ...(Condition ? { Condition } : {}) },
  ],
});
const shell = { policies: [allow('ssm:StartSession')] };

function cell(input: AccountInput, principal = ADA): Cell | undefined {
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  const filter = { principal, path: 'session-manager', instance: 'i-1' } as const;
  return [...cellsOf(buildMatrix(snapshot), snapshot, filter)][0];
}

describe('the steps of a chain say', () => {
  test('nothing of what is held directly', () => {
    expect(cell({ users: [{ name: 'ada', ...shell }] })).toMatchObject({ via: [], steps: [] });
  });

  test('who becomes whom, by which statement, and where each condition comes from', () => {
    const id = { StringEquals: { 'sts:ExternalId': 'x-1' } };
    const roles: RoleInput[] = [
      { name: 'first', trust: trust({ AWS: ADA }) },
      { name: 'second', ...shell, trust: trust({ AWS: arn('role', 'first') }, id) },
    ];
    const [first, second] = [arn('role', 'first'), arn('role', 'second')];
    expect(cell({ users: [{ name: 'ada' }], roles })?.steps).toEqual([
      {
        from: ADA,
        to: first,
        request: { action: 'sts:AssumeRole', resource: first },
        instance: null,
        trust: { policy: `${first}#trust policy`, statement: 1, sid: 'In' },
        condition: null,
      },
      {
        from: first,
        to: second,
        request: { action: 'sts:AssumeRole', resource: second },
        instance: null,
        trust: { policy: `${second}#trust policy`, statement: 1, sid: 'In' },
        condition: expect.objectContaining({ text: 'if sts:ExternalId is x-1' }),
      },
    ]);
  });

  test('through which instance a role is taken', () => {
    const instances = [{ id: 'i-1' }, { id: 'i-2', role: 'box' }];
    const users = [
      {
        name: 'ada',
        policies: [allow('ssm:StartSession', 'arn:aws:ec2:*:*:instance/i-2')],
      },
    ];
    const two = `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-2`;
    expect(cell({ users, instances, roles: [{ name: 'box', ...shell }] })?.steps).toEqual([
      { from: ADA, to: arn('role', 'box'), request: null, instance: two, trust: null, condition: null },
    ]);
  });

  test('what is done to oneself, and to somebody else', () => {
    const own = cell({ users: [{ name: 'ada', policies: [allow('iam:PutUserPolicy', ADA)] }] });
    expect(own?.steps).toEqual([
      expect.objectContaining({
        from: ADA,
        to: ADA,
        request: { action: 'iam:PutUserPolicy', resource: ADA },
      }),
    ]);
    const users = [
      { name: 'ada', policies: [allow('iam:CreateAccessKey')] },
      { name: 'bob', ...shell },
    ];
    const bob = arn('user', 'bob');
    expect(cell({ users })?.steps).toEqual([
      expect.objectContaining({
        from: ADA,
        to: bob,
        request: { action: 'iam:CreateAccessKey', resource: bob },
      }),
    ]);
  });

  test('how somebody from outside comes in', () => {
    const roles = [{ name: 'gate', ...shell, trust: trust('*') }];
    expect(cell({ roles }, 'anybody')).toMatchObject({
      kind: 'outside',
      steps: [{ from: 'anybody', to: arn('role', 'gate'), trust: { statement: 1, sid: 'In' } }],
    });
    const gitlab = `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/gitlab.com`;
    const web = [
      {
        name: 'gate',
        ...shell,
        trust: trust({ Federated: gitlab }, undefined, 'sts:AssumeRoleWithWebIdentity'),
      },
    ];
    expect(cell({ roles: web }, gitlab)?.steps).toMatchObject([
      { from: gitlab, request: { action: 'sts:AssumeRoleWithWebIdentity' }, trust: { statement: 1 } },
    ]);
  });
});

describe('the kind of a principal', () => {
  const kindOf = (role: Partial<RoleInput>, others: RoleInput[] = []) => {
    const roles = [{ name: 'r', ...shell, ...role }, ...others];
    const path = role.path ?? '/';
    return cell({ users: [{ name: 'ada' }], roles }, `arn:aws:iam::${ACCOUNT_ID}:role${path}r`)?.kind;
  };
  const saml = `arn:aws:iam::${ACCOUNT_ID}:saml-provider/okta`;

  test.each<[string, Partial<RoleInput>, string]>([
    ['of a service', { trust: trust({ Service: 'lambda.amazonaws.com' }) }, 'machine'],
    [
      'of a workload',
      { trust: trust({ Federated: `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/gitlab.com` }) },
      'machine',
    ],
    ['of SAML', { trust: trust({ Federated: saml }, undefined, 'sts:AssumeRoleWithSAML') }, 'person'],
    ['of the account', { trust: trust({ AWS: ACCOUNT_ID }) }, 'person'],
    ['of a user', { trust: trust({ AWS: ADA }) }, 'person'],
    ['of everybody', { trust: trust('*') }, 'person'],
    ['of account access', { trust: trust({ Service: 'account-access.amazonaws.com' }) }, 'person'],
    ['of Identity Center', { path: '/aws-reserved/sso.amazonaws.com/' }, 'person'],
    ['linked to a service', { path: '/aws-service-role/ssm.amazonaws.com/' }, 'aws'],
  ])('%s', (_says, role, kind) => {
    expect(kindOf(role)).toBe(kind);
  });

  test("of a role that another role takes is that one's", () => {
    const by = (Principal: unknown) => [{ name: 'other', trust: trust(Principal) }];
    const role = { trust: trust({ AWS: arn('role', 'other') }) };
    expect(kindOf(role, by({ AWS: ADA }))).toBe('person');
    expect(kindOf(role, by({ Service: 'lambda.amazonaws.com' }))).toBe('machine');
    expect(kindOf(role, by({ AWS: arn('role', 'r') }))).toBe('machine');
    const session = { trust: trust({ AWS: `arn:aws:sts::${ACCOUNT_ID}:assumed-role/other/ada` }) };
    expect(kindOf(session, by({ AWS: ADA }))).toBe('person');
  });

  test('of a user is a person', () => {
    expect(cell({ users: [{ name: 'ada', ...shell }] })?.kind).toBe('person');
  });
});
