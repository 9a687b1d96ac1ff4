import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const ZOE = arn('user', 'zoe');
const [NEW_USER, NEW_ROLE] = [arn('user', 'new-00000000000000000'), arn('role', 'new-00000000000000000')];

/** zoe has no rights on herself */
const OTHERS = arn('user', 'new-*');

/** zoe's cell. Both engines must agree. */
function cell(policies: readonly object[], over: AccountInput = {}): Cell | undefined {
  const snapshot = account({
    instances: [{ id: 'i-1' }],
    users: [{ name: 'zoe', policies }, { name: 'bob' }],
    ...over,
  });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return [...cellsOf(matrix, snapshot, { principal: ZOE, path: 'session-manager', instance: 'i-1' })][0];
}

const USERS: readonly (readonly string[])[] = ['Attach', 'Put'].flatMap((giving) =>
  ['iam:CreateAccessKey', 'iam:CreateLoginProfile'].map((taking) => [
    'iam:CreateUser',
    `iam:${giving}UserPolicy`,
    taking,
  ]),
);

describe.each(USERS)('a user that is created: %s, %s, %s', (...actions) => {
  test('has any policy if zoe has all rights', () => {
    expect(cell([allow(actions, OTHERS)])).toMatchObject({
      verdict: 'allowed',
      via: ['iam:CreateUser', NEW_USER, actions[1]],
      steps: [
        { from: ZOE, to: NEW_USER, request: { action: 'iam:CreateUser', resource: NEW_USER } },
        { from: ZOE, to: NEW_USER, request: { action: actions[1], resource: NEW_USER } },
      ],
    });
  });

  test('has nothing if one right is missing', () => {
    for (const left of actions) {
      const rest = actions.filter((one) => one !== left);
      expect(cell([allow(rest, OTHERS)])).toBeUndefined();
    }
  });
});

describe.each(['iam:AttachRolePolicy', 'iam:PutRolePolicy'])('a role that is created, with %s', (giving) => {
  test('admits its creator', () => {
    expect(cell([allow(['iam:CreateRole', giving])])?.via).toEqual(['iam:CreateRole', NEW_ROLE, giving]);
    expect(cell([allow('iam:CreateRole')])).toBeUndefined();
    expect(cell([allow(giving)])).toBeUndefined();
    expect(cell([allow(['iam:CreateRole', giving]), deny('sts:AssumeRole')])).toBeUndefined();
  });
});

const ROLE_RIGHTS = ['iam:CreateRole', 'iam:PutRolePolicy'];

describe('a created principal is limited by', () => {
  test('guardrails, also those with a condition on the principal', () => {
    const only = deny('ssm:*', '*', { ArnNotLike: { 'aws:PrincipalArn': arn('role', 'ops-*') } });
    const organization = [{ scps: [allow('*'), only] }];
    const exempt = ['iam:CreateRole', arn('role', 'ops-x'), 'iam:PutRolePolicy'];
    expect(cell([allow(ROLE_RIGHTS)], { organization })?.via).toEqual(exempt);
    expect(cell([allow(ROLE_RIGHTS, arn('role', 'ops-*'))], { organization })?.via).toEqual(exempt);
    const app = ['iam:CreateRole', arn('role', 'app-x'), 'iam:PutRolePolicy'];
    const rights = allow(ROLE_RIGHTS, arn('role', 'app-*'));
    expect(cell([rights], { organization })?.via).toEqual([...app, ...exempt]);
    const noRoles = [{ scps: [allow('*'), only, deny('iam:CreateRole', arn('role', 'ops-*'))] }];
    expect(cell([rights], { organization: noRoles })).toBeUndefined();
  });

  test('the names that zoe may use', () => {
    const rights = [
      allow('iam:CreateRole', arn('role', 'team/*')),
      allow('iam:PutRolePolicy', arn('role', 'team/*')),
    ];
    expect(cell(rights)?.via).toEqual(['iam:CreateRole', arn('role', 'team/x'), 'iam:PutRolePolicy']);
    const apart = [
      allow('iam:CreateRole', arn('role', 'team/*')),
      allow('iam:PutRolePolicy', arn('role', 'app/*')),
    ];
    expect(cell(apart)).toBeUndefined();
    const taken = [allow(ROLE_RIGHTS, arn('role', 'there'))];
    expect(cell(taken, { roles: [{ name: 'there' }] })).toBeUndefined();
  });

  test('the boundary that it must have', () => {
    const made = (boundary: object): Cell | undefined =>
      cell(
        [allow(ROLE_RIGHTS, '*', { StringEquals: { 'iam:PermissionsBoundary': arn('policy', 'fence') } })],
        { policies: [{ name: 'fence', document: boundary }] },
      );
    expect(made(allow('s3:*'))).toBeUndefined();
    expect(made(allow('ssm:*'))).toMatchObject({
      verdict: 'allowed',
      via: ['iam:CreateRole', `${NEW_ROLE}-1`, 'iam:PutRolePolicy'],
    });
    const none = deny(ROLE_RIGHTS, '*', { Null: { 'iam:PermissionsBoundary': 'true' } });
    expect(cell([allow(ROLE_RIGHTS), none])).toBeUndefined();
  });

  test('a condition of any of the requests', () => {
    const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    const held = cell([allow('iam:CreateRole', '*', mfa), allow('iam:PutRolePolicy')]);
    expect(held).toMatchObject({
      verdict: 'conditional',
      via: ['iam:CreateRole', NEW_ROLE, 'iam:PutRolePolicy'],
    });
    expect(held?.condition?.text).toContain('MFA');
  });
});

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html */
describe.each([
  ['a user', ['iam:CreateUser', 'iam:PutUserPolicy', 'iam:CreateAccessKey']],
  ['a role', ['iam:CreateRole', 'iam:PutRolePolicy', 'sts:AssumeRole']],
  ['everything', ['*']],
])('sessions that a created principal resumes: %s', (_, actions) => {
  const takeovers = (over: AccountInput): readonly Cell[] => {
    const snapshot = account({
      instances: [{ id: 'i-1' }],
      users: [{ name: 'zoe', policies: [allow(actions)] }],
      ...over,
    });
    const matrix = buildMatrix(snapshot);
    expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
    return [...cellsOf(matrix, snapshot, { principal: ZOE, path: 'session-takeover' })];
  };

  test('are only its own if there are no others', () => {
    expect(takeovers({})).toEqual([]);
  });

  test('are those of others if there are any', () => {
    expect(takeovers({ roles: [{ name: 'crane' }] })).toMatchObject([{ verdict: 'allowed' }]);
  });
});
