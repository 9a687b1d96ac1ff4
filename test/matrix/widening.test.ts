import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny, TRUST_EC2 } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const [MAYA, CRANE, BOT] = [arn('user', 'maya'), arn('role', 'crane'), arn('user', 'bot')];
const SHARED = arn('policy', 'tools');
const TRUST_ACCOUNT = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` }, Action: 'sts:AssumeRole' },
  ],
};

/** maya has these rights; the role crane and the user bot hold nothing but a harmless policy. */
function cell(
  policies: readonly object[],
  over: AccountInput = {},
  trust: object = TRUST_ACCOUNT,
): Cell | undefined {
  const snapshot = account({
    instances: [{ id: 'i-1' }],
    users: [
      { name: 'maya', policies },
      { name: 'bot', policies: ['tools'], groups: ['robots'] },
    ],
    roles: [{ name: 'crane', policies: ['tools'], trust }],
    groups: [{ name: 'robots' }],
    policies: [{ name: 'tools', document: allow('s3:ListAllMyBuckets') }],
    ...over,
  });
  const asked = { principal: MAYA, path: 'session-manager', instance: 'i-1' } as const;
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return [...cellsOf(matrix, snapshot, asked)][0];
}

const CLOSED = TRUST_EC2;
const ASSUME = allow('sts:AssumeRole', CRANE);
const REWRITE = allow('iam:UpdateAssumeRolePolicy', CRANE);
const KEY = allow('iam:CreateAccessKey', BOT);
const NEW_VERSION = allow('iam:CreatePolicyVersion', SHARED);

/** https://pathfinding.cloud/paths/iam-014 to iam-021, and pairs of the same kind */
const PAIRS: readonly (readonly [string, object, object, object, readonly string[]])[] = [
  ['iam-014', allow('iam:AttachRolePolicy', CRANE), ASSUME, TRUST_ACCOUNT, [CRANE, 'iam:AttachRolePolicy']],
  [
    'iam-015',
    allow('iam:AttachUserPolicy', BOT),
    KEY,
    CLOSED,
    ['iam:CreateAccessKey', BOT, 'iam:AttachUserPolicy'],
  ],
  ['iam-016', NEW_VERSION, ASSUME, TRUST_ACCOUNT, [CRANE, 'iam:CreatePolicyVersion']],
  ['iam-017', allow('iam:PutRolePolicy', CRANE), ASSUME, TRUST_ACCOUNT, [CRANE, 'iam:PutRolePolicy']],
  [
    'iam-018',
    allow('iam:PutUserPolicy', BOT),
    KEY,
    CLOSED,
    ['iam:CreateAccessKey', BOT, 'iam:PutUserPolicy'],
  ],
  [
    'iam-019',
    allow('iam:AttachRolePolicy', CRANE),
    REWRITE,
    CLOSED,
    ['iam:UpdateAssumeRolePolicy', CRANE, 'iam:AttachRolePolicy'],
  ],
  ['iam-020', NEW_VERSION, REWRITE, CLOSED, ['iam:UpdateAssumeRolePolicy', CRANE, 'iam:CreatePolicyVersion']],
  [
    'iam-021',
    allow('iam:PutRolePolicy', CRANE),
    REWRITE,
    CLOSED,
    ['iam:UpdateAssumeRolePolicy', CRANE, 'iam:PutRolePolicy'],
  ],
  [
    'a group of the other user',
    allow('iam:PutGroupPolicy', arn('group', 'robots')),
    allow('iam:UpdateLoginProfile', BOT),
    CLOSED,
    ['iam:UpdateLoginProfile', BOT, 'iam:PutGroupPolicy'],
  ],
  [
    'a managed policy of the other user',
    NEW_VERSION,
    allow('iam:CreateLoginProfile', BOT),
    CLOSED,
    ['iam:CreateLoginProfile', BOT, 'iam:CreatePolicyVersion'],
  ],
];

describe.each(PAIRS)(
  'another principal, made stronger and then assumed: %s',
  (_, widen, take, trust, via) => {
    test('has any policy with both rights', () => {
      expect(cell([widen, take], {}, trust)).toMatchObject({ verdict: 'allowed', via });
    });

    test('has nothing with one of the two', () => {
      expect(cell([widen], {}, trust)).toBeUndefined();
      expect(cell([take], {}, trust)).toBeUndefined();
    });
  },
);

describe('these limits stay', () => {
  const both = [allow('iam:PutRolePolicy', CRANE), ASSUME];

  test("the other's boundary, and the guardrails", () => {
    const roles = [{ name: 'crane', boundary: allow('s3:*'), trust: TRUST_ACCOUNT }];
    expect(cell(both, { roles })).toBeUndefined();
    const wide = [{ name: 'crane', boundary: allow('ssm:*'), trust: TRUST_ACCOUNT }];
    expect(cell(both, { roles: wide })?.via).toEqual([CRANE, 'iam:PutRolePolicy']);
    const organization = [{ scps: [allow('*'), deny('ssm:*')] }];
    expect(cell(both, { organization })).toBeUndefined();
  });

  test('a limit of the right to that principal, by its ARN and its tags', () => {
    expect(cell([allow('iam:PutRolePolicy', arn('role', 'other')), ASSUME])).toBeUndefined();
    const tagged = allow('iam:PutRolePolicy', '*', { StringEquals: { 'iam:ResourceTag/kind': 'tool' } });
    const roles = (kind: string) => [{ name: 'crane', tags: { kind }, trust: TRUST_ACCOUNT }];
    expect(cell([tagged, ASSUME], { roles: roles('tool') })?.verdict).toBe('allowed');
    expect(cell([tagged, ASSUME], { roles: roles('app') })).toBeUndefined();
  });

  test('a limit of the right to write a policy, which affects its holders', () => {
    const tools = { name: 'tools', document: allow('s3:ListAllMyBuckets') };
    const policies = [{ ...tools, name: 'spare' }, tools, { ...tools, name: 'third' }];
    const held = (...rights: readonly object[]) => {
      const users = [
        { name: 'maya', policies: [...rights, ASSUME] },
        { name: 'bot', policies: ['spare', 'third'] },
      ];
      return cell([], { policies, users })?.verdict;
    };
    const write = (name: string): readonly [string, string] => [
      'iam:CreatePolicyVersion',
      arn('policy', name),
    ];
    expect(held(allow(...write('t*ls')))).toBe('allowed');
    expect(held(allow(...write('third')))).toBeUndefined();
    expect(held(allow(...write('*')))).toBe('allowed');
    expect(held(allow(...write('*')), deny(...write('to*')))).toBeUndefined();
    expect(held(allow(...write('*')), deny(...write('th*')))).toBe('allowed');
  });

  test("a limit of the right to write a group's policies, which affects its members", () => {
    const groups = [{ name: 'others' }, { name: 'robots' }];
    const held = (name: string) =>
      cell([allow('iam:PutGroupPolicy', arn('group', name)), KEY], { groups })?.verdict;
    expect(held('rob*')).toBe('allowed');
    expect(held('oth*')).toBeUndefined();
    expect(held('*')).toBe('allowed');
  });

  test('a condition of either request', () => {
    const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    const held = cell([allow('iam:PutRolePolicy', CRANE, mfa), ASSUME]);
    expect(held?.verdict).toBe('conditional');
    expect(held?.condition?.text).toContain('MFA');
  });

  test('only AWS writes the policies of service-linked roles and those of Identity Center', () => {
    for (const path of ['/aws-service-role/x.amazonaws.com/', '/aws-reserved/sso.amazonaws.com/']) {
      const role = {
        name: 'crane',
        path,
        arn: arn(`role${path.slice(0, -1)}`, 'crane'),
        trust: TRUST_ACCOUNT,
      };
      const rights = [allow('iam:PutRolePolicy'), allow('sts:AssumeRole')];
      expect(cell(rights, { roles: [role] })).toBeUndefined();
    }
  });
});

test('the steps name who makes the other stronger, and by which statements', () => {
  const held = cell([allow('iam:AttachRolePolicy', CRANE), ASSUME]);
  expect(held?.steps).toMatchObject([
    { from: MAYA, to: CRANE, request: { action: 'sts:AssumeRole', resource: CRANE } },
    { from: MAYA, to: CRANE, request: { action: 'iam:AttachRolePolicy', resource: CRANE } },
  ]);
  expect(held?.grants.map(({ policy }) => policy)).toContain(`${MAYA}#policy-0`);
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
describe('a boundary that can be removed', () => {
  const FENCE = arn('policy', 'fence');
  const policies = [{ name: 'fence', document: allow(['s3:*', 'iam:*']) }];
  const SHELL = allow('ssm:StartSession');
  const roles = [{ name: 'crane', policies: [SHELL], boundary: 'fence', trust: TRUST_ACCOUNT }];
  const fenced = (...rights: readonly object[]): Cell | undefined =>
    cell([ASSUME, ...rights], { policies, roles });
  const own = (...rights: readonly object[]): Cell | undefined =>
    cell([], {
      policies,
      roles: [],
      users: [{ name: 'maya', policies: [SHELL, ...rights], boundary: 'fence' }],
    });

  test('is removed from a role that is then assumed', () => {
    expect(fenced()).toBeUndefined();
    for (const action of ['iam:DeleteRolePermissionsBoundary', 'iam:PutRolePermissionsBoundary'])
      expect(fenced(allow(action, CRANE))?.via).toEqual([CRANE, action]);
    const held = fenced(allow('iam:CreatePolicyVersion', FENCE));
    expect(held).toMatchObject({ verdict: 'allowed', via: [CRANE, 'iam:CreatePolicyVersion', FENCE] });
    expect(held?.steps).toMatchObject([
      { from: MAYA, to: CRANE },
      { from: MAYA, to: CRANE, request: { action: 'iam:CreatePolicyVersion', resource: FENCE } },
    ]);
  });

  test("stays with a right to another's boundary, to another policy, or under a Deny", () => {
    expect(fenced(allow('iam:DeleteRolePermissionsBoundary', arn('role', 'other')))).toBeUndefined();
    expect(fenced(allow('iam:DeleteUserPermissionsBoundary'))).toBeUndefined();
    expect(fenced(allow('iam:CreatePolicyVersion', arn('policy', 'other')))).toBeUndefined();
    expect(fenced(allow('iam:Delete*Boundary'), deny('iam:Delete*Boundary'))).toBeUndefined();
  });

  test('is removed before its owner is made stronger', () => {
    const bare = [{ name: 'crane', boundary: 'fence', trust: TRUST_ACCOUNT }];
    const rights = [ASSUME, allow('iam:DeleteRolePermissionsBoundary'), allow('iam:PutRolePolicy')];
    const held = cell(rights, { policies, roles: bare });
    expect(held?.via).toEqual([CRANE, 'iam:DeleteRolePermissionsBoundary', 'iam:PutRolePolicy']);
    expect(held?.steps.map(({ from }) => from)).toEqual([MAYA, MAYA, MAYA]);
    expect(
      cell([ASSUME, allow('iam:PutRolePolicy')], {
        policies: [{ name: 'fence', document: allow('s3:*') }],
        roles: bare,
      }),
    ).toBeUndefined();
  });

  test('is removed from a principal that must be created with one', () => {
    const must = { StringEquals: { 'iam:PermissionsBoundary': FENCE } };
    const make = allow(['iam:CreateRole', 'iam:PutRolePolicy'], '*', must);
    const made = [{ name: 'fence', document: allow('s3:*') }];
    const given = { policies: made, roles: [] };
    expect(cell([make], given)).toBeUndefined();
    const role = arn('role', 'new-00000000000000000-1');
    expect(cell([make, allow('iam:DeleteRolePermissionsBoundary')], given)?.via).toEqual([
      'iam:CreateRole',
      role,
      'iam:DeleteRolePermissionsBoundary',
      'iam:PutRolePolicy',
    ]);
    expect(cell([make, allow('iam:CreatePolicyVersion', FENCE)], given)?.via).toEqual([
      'iam:CreateRole',
      role,
      'iam:CreatePolicyVersion',
      FENCE,
      'iam:PutRolePolicy',
    ]);
  });

  test('is removed from oneself by rewriting its policy', () => {
    expect(own()).toBeUndefined();
    const held = own(allow('iam:CreatePolicyVersion', FENCE));
    expect(held?.via).toEqual(['iam:CreatePolicyVersion', FENCE]);
    expect(held?.steps).toMatchObject([
      { from: MAYA, to: MAYA, request: { action: 'iam:CreatePolicyVersion', resource: FENCE } },
    ]);
    expect(own(allow('iam:CreatePolicyVersion', arn('policy', 'other')))).toBeUndefined();
    const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    expect(own(allow('iam:CreatePolicyVersion', FENCE, mfa))?.verdict).toBe('conditional');
  });
});
