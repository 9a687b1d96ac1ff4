import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow } from '../fixtures/account.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const session = (role: string, name: string): string =>
  `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${role}/${name}`;
const ROOT = `arn:aws:iam::${ACCOUNT_ID}:root`;
const SHELL = { policies: [allow('ssm:StartSession')] };

const trust = (AWS: unknown, Action: string | string[] = 'sts:AssumeRole', Condition?: object): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS }, Action, ...(Condition ? { Condition } : {}) }],
});

/** The cell of a principal on i-1 and Session Manager. */
function cell(input: AccountInput, principal: string): Cell | undefined {
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  const filter = { principal, path: 'session-manager', instance: 'i-1' } as const;
  return [...cellsOf(buildMatrix(snapshot), snapshot, filter)][0];
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
describe('a source identity', () => {
  const both = ['sts:AssumeRole', 'sts:SetSourceIdentity'];
  const asks = { StringLike: { 'sts:SourceIdentity': '*' } };
  const held = (identity: string[], trusted: string[], condition: object = asks) =>
    cell(
      {
        users: [{ name: 'noor', policies: [allow(identity)] }],
        roles: [{ name: 'r', ...SHELL, trust: trust(ROOT, trusted, condition) }],
      },
      arn('user', 'noor'),
    )?.verdict;

  test('is set only if both policies allow it', () => {
    expect(held(both, both)).toBe('allowed');
    expect(held(['sts:*'], ['sts:AssumeRole', 'sts:Set*'])).toBe('allowed');
    expect(held(['sts:AssumeRole'], both)).toBeUndefined();
    expect(held(both, ['sts:AssumeRole'])).toBeUndefined();
  });

  test('has any value that the trust policy allows', () => {
    const own = { StringEquals: { 'sts:SourceIdentity': '${aws:username}' } };
    expect(held(both, both, own)).toBe('allowed');
    const none = { StringEquals: { 'sts:SourceIdentity': '${aws:PrincipalTag/none}' } };
    expect(held(both, both, none)).toBeUndefined();
  });

  test('is not needed if it must be absent', () => {
    const absent = { Null: { 'sts:SourceIdentity': 'true' } };
    expect(held(['sts:AssumeRole'], ['sts:AssumeRole'], absent)).toBe('allowed');
    expect(held(['sts:AssumeRole'], both, { StringNotEquals: { 'sts:SourceIdentity': 'root' } })).toBe(
      'allowed',
    );
  });

  test('needs all three permissions together with a session tag', () => {
    const tagged = { ...asks, StringEquals: { 'aws:RequestTag/team': 'red' } };
    const all = [...both, 'sts:TagSession'];
    expect(held(all, all, tagged)).toBe('allowed');
    for (const missing of all) {
      const residual = all.filter((action) => action !== missing);
      expect(held(residual, all, tagged)).toBeUndefined();
      expect(held(all, residual, tagged)).toBeUndefined();
    }
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
describe('a trust policy that names sessions', () => {
  const target = (...named: string[]) => ({ name: 'target', ...SHELL, trust: trust(named) });
  const front = { name: 'front', id: 'AROAFRONT', path: '/team/', trust: trust(arn('user', 'noor')) };
  const users = [{ name: 'noor' }];
  const FRONT = `arn:aws:iam::${ACCOUNT_ID}:role/team/front`;
  const named = (...names: string[]) => ({
    anyOf: [
      {
        allOf: [
          {
            key: 'aws:userid',
            operator: 'StringEquals',
            values: names.map((name) => `AROAFRONT:${name}`),
          },
        ],
      },
    ],
  });

  test('admits the role of that name, with that session name', () => {
    const roles = [target(session('front', 'ada')), { ...front, arn: FRONT }];
    expect(cell({ users, roles }, FRONT)).toMatchObject({
      verdict: 'conditional',
      condition: named('ada'),
      via: [arn('role', 'target')],
    });
    expect(cell({ users, roles }, arn('user', 'noor'))).toMatchObject({
      verdict: 'conditional',
      via: [FRONT, arn('role', 'target')],
    });
  });

  test('admits either of two sessions', () => {
    const roles = [target(session('front', 'ada'), session('front', 'bo')), { ...front, arn: FRONT }];
    expect(cell({ users, roles }, FRONT)?.condition).toMatchObject(named('ada', 'bo'));
  });

  test('adds nothing beside the role itself', () => {
    const roles = [target(session('front', 'ada'), FRONT), { ...front, arn: FRONT }];
    expect(cell({ users, roles }, FRONT)).toMatchObject({ verdict: 'allowed', condition: null });
  });

  test('admits nobody here if the session is of another account or of no role', () => {
    const foreign = session('front', 'ada').replace(ACCOUNT_ID, '444455556666');
    const roles = [target(foreign, session('fron', 'ada')), { ...front, arn: FRONT }];
    expect(cell({ users, roles }, FRONT)).toBeUndefined();
    expect(cell({ users, roles }, 'arn:aws:iam::444455556666:root')?.via).toEqual([arn('role', 'target')]);
  });

  test('each role of a chain has its own session', () => {
    const next = { name: 'next', ...SHELL, trust: trust(session('target', 'ada')) };
    const roles = [{ ...target(session('front', 'ada')), policies: [] }, next, { ...front, arn: FRONT }];
    expect(cell({ users, roles }, FRONT)).toMatchObject({
      verdict: 'conditional',
      via: [arn('role', 'target'), arn('role', 'next')],
    });
  });
});

// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-run-as.html
describe('a session with an OS user of its own', () => {
  const NOOR = arn('user', 'noor');
  const preferences = {
    ...{ runAsEnabled: true, runAsDefaultUser: 'svc', kmsKeyId: null },
    ...{ s3BucketName: null, cloudWatchLogGroupName: null },
  };
  const on = { regions: { 'us-east-1': { sessionPreferences: preferences } } };
  const both = ['sts:AssumeRole', 'sts:TagSession'];
  const input = (caller: string[], trusted: unknown, more: object = {}): AccountInput => ({
    users: [{ name: 'noor', policies: [allow(caller)] }],
    roles: [{ name: 'r', ...SHELL, trust: trusted, tags: { SSMSessionRunAs: 'app' } }],
    ...on,
    ...more,
  });
  const lands = (given: AccountInput, principal = NOOR) => cell(given, principal)?.landsAs;

  test('runs as any user for a principal that may tag it', () => {
    expect(lands(input(both, trust(ROOT, both)))).toEqual(['*']);
    expect(lands(input(both, trust(NOOR, both)))).toEqual(['*']);
    expect(lands(input(both, trust(ROOT, both)), arn('role', 'r'))).toEqual(['*']);
  });

  test('runs as the tagged user for everybody else', () => {
    expect(lands(input(['sts:AssumeRole'], trust(ROOT, both)))).toEqual(['app']);
    expect(lands(input(both, trust(ROOT)))).toEqual(['app']);
    expect(lands(input(both, trust(ROOT)), arn('role', 'r'))).toEqual(['app']);
  });

  test('runs as any user for a principal that may rewrite the trust policy', () => {
    const rewrite = ['iam:UpdateAssumeRolePolicy', 'sts:AssumeRole'];
    expect(lands(input(rewrite, trust(arn('user', 'somebody'))))).toEqual(['*']);
  });

  test('runs as the tagged user for a principal that gets it from an instance', () => {
    const users = [{ name: 'noor', policies: [allow('ssm:StartSession', 'arn:aws:ec2:*:*:instance/i-2')] }];
    const instances = [{ id: 'i-1' }, { id: 'i-2', role: 'r' }];
    const taken = { Effect: 'Allow', Principal: { AWS: ROOT }, Action: both };
    const handed = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const trusted = { Version: '2012-10-17', Statement: [taken, handed] };
    const found = cell(input([], trusted, { users, instances }), NOOR);
    expect(found).toMatchObject({ landsAs: ['app'], steps: [{ request: null }] });
  });

  test('runs as any user for a stranger that may tag it', () => {
    expect(lands(input([], trust('*', both)), 'anybody')).toEqual(['*']);
    expect(lands(input([], trust('*')), 'anybody')).toEqual(['app']);
  });

  test('runs as the user that an identity provider sets, not one that the caller chooses', () => {
    const saml = { Federated: `arn:aws:iam::${ACCOUNT_ID}:saml-provider/okta` };
    const Statement = [
      { Effect: 'Allow', Principal: saml, Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'] },
    ];
    expect(lands(input([], { Version: '2012-10-17', Statement }), arn('role', 'r'))).toEqual(['app']);
  });

  test('counts only if RunAs is switched on', () => {
    expect(lands({ ...input(both, trust(ROOT, both)), regions: {} })).toEqual(['ssm-user']);
  });
});

// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html: all tags are transitive, and may be switched off
describe('sessions of EKS Pod Identity', () => {
  const of = (Service: string | string[], ...Action: string[]): object => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service }, Action }],
  });
  const PODS = of('pods.eks.amazonaws.com', 'sts:AssumeRole', 'sts:TagSession');
  const both = ['sts:AssumeRole', 'sts:TagSession'];
  const held = (first: object, identity: string[], trusted: string[], who = arn('role', 'pod')) => {
    const found = cell(
      {
        roles: [
          { name: 'pod', policies: [allow(identity)], trust: first },
          { name: 'deploy', ...SHELL, trust: trust(who, trusted) },
        ],
      },
      arn('role', 'pod'),
    );
    return found && [found.verdict, found.condition?.text ?? ''].join(' ').trim();
  };
  const UNTAGGED = "conditional if the principal's own tag aws:PrincipalTag/kubernetes-namespace is absent";

  test('assume a further role with `sts:TagSession` on both sides, or without tags', () => {
    expect(held(PODS, both, both)).toBe('allowed');
    expect(held(PODS, both, ['sts:AssumeRole'])).toBe(UNTAGGED);
    expect(held(PODS, both, both, ROOT)).toBe('allowed');
    expect(held(PODS, both, ['sts:AssumeRole'], ROOT)).toBe(UNTAGGED);
    expect(held(PODS, ['sts:AssumeRole'], both, ROOT)).toBe(UNTAGGED);
    expect(held(PODS, ['sts:TagSession'], both, ROOT)).toBeUndefined();
  });

  test('have no tags if another principal assumes the role, or if the role denies them', () => {
    const also = of(['pods.eks.amazonaws.com', 'ec2.amazonaws.com'], ...both);
    expect(held(also, both, ['sts:AssumeRole'])).toBe('allowed');
    expect(held(of('pods.eks.amazonaws.com', 'sts:AssumeRole'), both, ['sts:AssumeRole'])).toBe('allowed');
    expect(held(of('ec2.amazonaws.com', ...both), both, ['sts:AssumeRole'])).toBe('allowed');
  });
});
