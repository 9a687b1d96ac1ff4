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

/** zoe may do nothing to herself */
const OTHERS = arn('user', 'new-*');

/** zoe's cell; both engines say the same. */
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

describe.each(USERS)('a user that is made: %s, %s, %s', (...actions) => {
  test('with all of the rights it holds any policy', () => {
    expect(cell([allow(actions, OTHERS)])).toMatchObject({
      verdict: 'allowed',
      via: ['iam:CreateUser', NEW_USER],
      steps: [{ from: ZOE, to: NEW_USER, request: { action: 'iam:CreateUser', resource: NEW_USER } }],
    });
  });

  test('without any one of them it holds nothing', () => {
    for (const left of actions) {
      const rest = actions.filter((one) => one !== left);
      expect(cell([allow(rest, OTHERS)])).toBeUndefined();
    }
  });
});

describe.each(['iam:AttachRolePolicy', 'iam:PutRolePolicy'])('a role that is made, with %s', (giving) => {
  test('lets in whoever makes it', () => {
    expect(cell([allow(['iam:CreateRole', giving])])?.via).toEqual(['iam:CreateRole', NEW_ROLE]);
    expect(cell([allow('iam:CreateRole')])).toBeUndefined();
    expect(cell([allow(giving)])).toBeUndefined();
    expect(cell([allow(['iam:CreateRole', giving]), deny('sts:AssumeRole')])).toBeUndefined();
  });
});

const ROLE_RIGHTS = ['iam:CreateRole', 'iam:PutRolePolicy'];

describe('what binds whoever is made', () => {
  test('the guardrails, which may ask who is asking', () => {
    const only = deny('ssm:*', '*', { ArnNotLike: { 'aws:PrincipalArn': arn('role', 'ops-*') } });
    const organization = [{ scps: [allow('*'), only] }];
    expect(cell([allow(ROLE_RIGHTS)], { organization })).toBeUndefined();
    const named = allow(ROLE_RIGHTS, arn('role', 'ops-*'));
    expect(cell([named], { organization })?.via).toEqual(['iam:CreateRole', arn('role', 'ops-x')]);
  });

  test('the name under which it may be made', () => {
    const rights = [
      allow('iam:CreateRole', arn('role', 'team/*')),
      allow('iam:PutRolePolicy', arn('role', 'team/*')),
    ];
    expect(cell(rights)?.via).toEqual(['iam:CreateRole', arn('role', 'team/x')]);
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
      via: ['iam:CreateRole', `${NEW_ROLE}-1`],
    });
    const none = deny(ROLE_RIGHTS, '*', { Null: { 'iam:PermissionsBoundary': 'true' } });
    expect(cell([allow(ROLE_RIGHTS), none])).toBeUndefined();
  });

  test('a condition of any of the requests', () => {
    const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    const held = cell([allow('iam:CreateRole', '*', mfa), allow('iam:PutRolePolicy')]);
    expect(held).toMatchObject({ verdict: 'conditional', via: ['iam:CreateRole', NEW_ROLE] });
    expect(held?.condition?.text).toContain('MFA');
  });
});

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html */
describe.each([
  ['a user', ['iam:CreateUser', 'iam:PutUserPolicy', 'iam:CreateAccessKey']],
  ['a role', ['iam:CreateRole', 'iam:PutRolePolicy', 'sts:AssumeRole']],
  ['everything', ['*']],
])('sessions that are resumed as somebody who is made: %s', (_, actions) => {
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

  test('are her own where nobody else is', () => {
    expect(takeovers({})).toEqual([]);
  });

  test('are those of others where there are any', () => {
    expect(takeovers({ roles: [{ name: 'crane' }] })).toMatchObject([{ verdict: 'allowed' }]);
  });
});
