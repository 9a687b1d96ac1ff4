import { describe, expect, test } from 'vitest';
import { readBorder } from '../../lib/across/stored-border.ts';
import type { AccountReach } from '../../lib/render/org/account-reach.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID as A, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { borderOfAccount, reachOf } from './organization.ts';

const [B, C] = ['444455556666', '777788889999'];
const arn = (id: string, resource: string): string => `arn:aws:iam::${id}:${resource}`;
const root = (id: string): string => arn(id, 'root');
const SHELL = allow(['ssm:StartSession', 'ssmmessages:OpenDataChannel']);

const trusting = (who: string | readonly string[], Condition?: object): object => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: who }, Action: 'sts:AssumeRole', ...(Condition && { Condition }) },
  ],
});

const two = (from: AccountInput, trust: object = trusting(root(A))): readonly Snapshot[] => [
  account(from),
  account({
    accountId: B,
    roles: [{ name: 'gate', policies: [SHELL], trust }],
    instances: [{ id: 'i-1', tags: { env: 'prod' } }, { id: 'i-2' }],
  }),
];
const gate = arn(B, 'role/gate');

function reachedBy(who: string, ...snapshots: readonly Snapshot[]): readonly AccountReach[] {
  return reachOf(...snapshots).get(who) ?? [];
}

const vias = (list: readonly AccountReach[]): readonly unknown[] =>
  list.map(({ accountId, via, condition, verdict }) => [accountId, via, condition?.text ?? verdict]);

describe('a chain to another account begins with', () => {
  test('a role of the own account', () => {
    const accounts = two({
      users: [{ name: 'me', policies: [allow('sts:AssumeRole', arn(A, 'role/mine'))] }],
      roles: [{ name: 'mine', policies: [allow('sts:AssumeRole', gate)], trust: trusting(root(A)) }],
    });
    const reach = reachedBy(arn(A, 'user/me'), ...accounts);
    expect(vias(reach)).toEqual([[B, [arn(A, 'role/mine'), gate], 'allowed']]);
    expect(reach[0]).toMatchObject({ strongest: 'root', instances: 2, production: 1 });
  });

  test('a policy that the principal gives itself', () => {
    const accounts = two({ users: [{ name: 'me', policies: [allow('iam:PutUserPolicy')] }] });
    expect(vias(reachedBy(arn(A, 'user/me'), ...accounts))).toEqual([
      [B, ['iam:PutUserPolicy', gate], 'allowed'],
    ]);
  });

  test('the role of an instance on which it has a shell', () => {
    const accounts = two({
      users: [{ name: 'me', policies: [SHELL] }],
      roles: [{ name: 'box', policies: [allow(['sts:AssumeRole', 'ssm:UpdateInstanceInformation'])] }],
      instances: [{ id: 'i-9', role: 'box' }],
    });
    const [one] = reachedBy(arn(A, 'user/me'), ...accounts);
    expect(one?.via).toEqual([`arn:aws:ec2:us-east-1:${A}:instance/i-9`, gate]);
  });

  test('any principal, for one that may do everything: it is admitted if one of them is named', () => {
    const accounts = two(
      {
        users: [{ name: 'admin', policies: [allow('*')] }],
        roles: [{ name: 'deploy', policies: [allow('sts:AssumeRole', gate)] }],
      },
      trusting(arn(A, 'role/deploy')),
    );
    const [one] = reachedBy(arn(A, 'user/admin'), ...accounts);
    expect([one?.accountId, one?.verdict, one?.via.slice(-2)]).toEqual([
      B,
      'allowed',
      [arn(A, 'role/deploy'), gate],
    ]);
  });

  test('the conditions of both sides must hold together', () => {
    const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    const from = { users: [{ name: 'me', policies: [allow('sts:AssumeRole', gate, mfa)] }] };
    const both = two(from, trusting(root(A), { StringEquals: { 'sts:ExternalId': 'x' } }));
    const text = reachedBy(arn(A, 'user/me'), ...both)[0]?.condition?.text;
    expect(text).toContain('MFA');
    expect(text).toContain('sts:ExternalId is x');
    const never = two(from, trusting(root(A), { Bool: { 'aws:MultiFactorAuthPresent': 'false' } }));
    expect(reachedBy(arn(A, 'user/me'), ...never)).toEqual([]);
  });
});

describe('over several accounts', () => {
  const third = (trust: object): Snapshot =>
    account({
      accountId: C,
      roles: [{ name: 'vault', policies: [SHELL], trust }],
      instances: [{ id: 'i-7' }],
    });
  const second = (Condition?: object): Snapshot =>
    account({
      accountId: B,
      roles: [
        {
          name: 'gate',
          policies: [allow('sts:AssumeRole', arn(B, 'role/in'))],
          trust: trusting(root(A), Condition),
        },
        { name: 'in', policies: [allow('sts:AssumeRole')], trust: trusting(gate) },
      ],
      instances: [{ id: 'i-1' }],
    });
  const first = account({ users: [{ name: 'me', policies: [allow('sts:AssumeRole')] }] });
  const way = [gate, arn(B, 'role/in'), arn(C, 'role/vault')];

  test('a chain continues, and the account between gives nothing itself', () => {
    const reach = reachedBy(arn(A, 'user/me'), first, second(), third(trusting(arn(B, 'role/in'))));
    expect(vias(reach)).toEqual([[C, way, 'allowed']]);
  });

  test('each request has its own external id', () => {
    const ids = (id: string): object => ({ StringEquals: { 'sts:ExternalId': id } });
    const accounts = [first, second(ids('one')), third(trusting(root(B), ids('two')))];
    const [one] = reachedBy(arn(A, 'user/me'), ...accounts);
    expect(one?.via).toEqual(way);
    expect(one?.condition?.text).toContain('one');
    expect(one?.condition?.text).toContain('two');
  });

  test('the shortest chain counts, and one without a condition before one with', () => {
    const direct = trusting([arn(B, 'role/in'), root(A)]);
    expect(vias(reachedBy(arn(A, 'user/me'), first, second(), third(direct)))).toEqual([
      [C, [arn(C, 'role/vault')], 'allowed'],
    ]);
  });

  test('a chain may return to the own account with more rights', () => {
    const home = account({
      users: [{ name: 'me', policies: [allow('sts:AssumeRole', gate)] }],
      roles: [{ name: 'root', policies: [SHELL], trust: trusting(gate) }],
      instances: [{ id: 'i-3' }],
    });
    const away = account({
      accountId: B,
      roles: [{ name: 'gate', policies: [allow('sts:AssumeRole')], trust: trusting(root(A)) }],
    });
    expect(vias(reachedBy(arn(A, 'user/me'), home, away))).toEqual([
      [A, [gate, arn(A, 'role/root')], 'allowed'],
    ]);
  });

  test('rings end', () => {
    const ring = [A, B, C].map((id, i, all) =>
      account({
        accountId: id,
        users: [{ name: 'me', policies: [allow('sts:AssumeRole')] }],
        roles: [
          {
            name: 'r',
            policies: [SHELL, allow('sts:AssumeRole')],
            trust: trusting(root(all[(i + 2) % 3] as string)),
          },
        ],
        instances: [{ id: `i-${i}` }],
      }),
    );
    expect(
      reachedBy(arn(A, 'user/me'), ...ring).map(({ accountId, via }) => [accountId, via.length]),
    ).toEqual(
      expect.arrayContaining([
        [B, 1],
        [C, 2],
        [A, 3],
      ]),
    );
  });

  test('a principal of an account that was not scanned continues from there', () => {
    const reach = reachOf(second(), third(trusting(arn(B, 'role/in'))));
    expect(vias(reach.get(root(A)) ?? [])).toEqual([[C, way, 'allowed']]);
    expect(reachOf(first, second(), third(trusting(root(B)))).has(root(A))).toBe(false);
  });
});

describe('the access of an assumed session', () => {
  test('counts instances of several roles once', () => {
    const roles = ['one', 'two'].map((name) => ({
      ...{ name, trust: trusting(root(A)) },
      policies: [
        allow('ssm:StartSession', [
          `arn:aws:ec2:*:*:instance/i-${name}`,
          'arn:aws:ec2:*:*:instance/i-all',
          'arn:aws:ssm:*:*:document/*',
        ]),
      ],
    }));
    const into = account({
      accountId: B,
      roles,
      instances: ['one', 'two', 'all', 'none'].map((id) => ({ id: `i-${id}` })),
    });
    const [one] = reachedBy(
      arn(A, 'user/me'),
      account({ users: [{ name: 'me', policies: [allow('sts:*')] }] }),
      into,
    );
    expect(one?.instances).toBe(3);
  });

  test('does not include what needs keys that only EC2 sets', () => {
    const onInstance = allow('ssm:StartSession', '*', { Null: { 'ec2:SourceInstanceARN': 'false' } });
    const both = trusting(root(A)) as { Statement: object[] };
    const into = account({
      accountId: B,
      roles: [
        {
          ...{ name: 'box', policies: [onInstance] },
          trust: {
            ...both,
            Statement: [
              ...both.Statement,
              { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
            ],
          },
        },
      ],
      instances: [{ id: 'i-1', role: 'box' }],
    });
    expect(
      reachedBy(arn(A, 'user/me'), account({ users: [{ name: 'me', policies: [allow('sts:*')] }] }), into),
    ).toEqual([]);
  });
});

describe('data that was not read', () => {
  test('of a policy may allow assuming roles, so the access is unknown', () => {
    const accounts = two({ users: [{ name: 'me', policies: [arn(A, 'policy/unread')] }] });
    const [one] = reachedBy(arn(A, 'user/me'), ...accounts);
    expect([one?.accountId, one?.verdict, one?.strongest]).toEqual([B, 'unknown', 'unknown']);
    expect(one?.missing).toContain('iam get-policy-version');
  });

  test('of a trust policy is named', () => {
    const snapshot = two({})[1] as Snapshot;
    const policies = snapshot.policies.filter(({ kind }) => kind !== 'trust');
    expect(borderOfAccount({ ...snapshot, policies }).unreadTrusts).toBe(1);
  });

  test('of guardrails is a code', () => {
    const accounts = two({ users: [{ name: 'me', policies: [allow('sts:*')] }], organization: null });
    expect(reachedBy(arn(A, 'user/me'), ...accounts)[0]?.uncertain).toEqual(['guardrails-not-collected']);
  });
});

test('a chain may first make a role stronger', () => {
  const accounts = two({
    users: [{ name: 'me', policies: [allow(['iam:PutRolePolicy', 'sts:AssumeRole'], arn(A, 'role/weak'))] }],
    roles: [{ name: 'weak', trust: trusting(root(A)) }],
  });
  expect(vias(reachedBy(arn(A, 'user/me'), ...accounts))).toEqual([
    [B, [arn(A, 'role/weak'), 'iam:PutRolePolicy', gate], 'allowed'],
  ]);
});

test('a border of another version, or a changed one, is not read', () => {
  const border = borderOfAccount(two({})[1] as Snapshot);
  expect(() => readBorder({ ...border, schemaVersion: 0 })).toThrow('`$.schemaVersion` must be 1');
  expect(() => readBorder({ ...border, conditions: [{ and: [{ key: 1 }] }] })).toThrow('`$.conditions[0]');
  expect(() => readBorder({ ...border, iam: null })).toThrow('not a snapshot');
  expect(() => readBorder(null)).toThrow('must be an object');
});

test('a border is small, whatever else the policies contain', () => {
  const much = {
    Version: '2012-10-17',
    Statement: Array.from({ length: 500 }, (_, i) => ({
      Effect: 'Allow',
      Action: `ec2:Thing${i}`,
      Resource: '*',
    })),
  };
  const users = Array.from({ length: 200 }, (_, i) => ({
    name: `user-${i}`,
    policies: [much, deny('ec2:*')],
  }));
  const border = borderOfAccount(account({ users, instances: [{ id: 'i-1' }] }));
  expect([border.nodes, border.lists, border.entries, border.conditions]).toEqual([[], [], [], []]);
  expect([border.iam.users, border.iam.policies]).toEqual([[], []]);
  expect(border.own.map(({ principals }) => principals.length)).toEqual([200]);
});
