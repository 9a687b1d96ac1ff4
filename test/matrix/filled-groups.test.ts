import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const [ZOE, BOB] = [arn('user', 'zoe'), arn('user', 'bob')];

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

const crew: AccountInput = { groups: [{ name: 'crew' }] };
const GIVING = ['iam:PutGroupPolicy', 'iam:AttachGroupPolicy'] as const;
const WITH_MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups_manage_add-remove-users.html */
describe.each(GIVING)('a group gets any policy and a new member: %s', (giving) => {
  const rights = ['iam:CreateGroup', giving, 'iam:AddUserToGroup'];

  test('a new group, if zoe has all rights', () => {
    expect(cell([allow(rights)])).toMatchObject({
      verdict: 'allowed',
      via: ['iam:CreateGroup'],
      steps: [{ from: ZOE, to: ZOE, request: { action: 'iam:CreateGroup' } }],
    });
    for (const left of rights) expect(cell([allow(rights.filter((one) => one !== left))])).toBeUndefined();
  });

  test('a group that exists, without the right to create one', () => {
    expect(cell([allow([giving, 'iam:AddUserToGroup'])], crew)).toMatchObject({
      verdict: 'allowed',
      via: [giving],
    });
    expect(cell([allow([giving, 'iam:AddUserToGroup'])])).toBeUndefined();
    expect(cell([allow(giving), allow('iam:AddUserToGroup', arn('group', 'others'))], crew)).toBeUndefined();
  });

  test('on one group only, under a name that zoe may use', () => {
    expect(cell([allow(rights, arn('group', 'team-*'))])?.verdict).toBe('allowed');
    const apart = [
      allow(rights.slice(0, 2), arn('group', 'team-*')),
      allow(rights[2] as string, arn('group', 'app-*')),
    ];
    expect(cell(apart)).toBeUndefined();
    expect(cell([allow(rights), deny('iam:AddUserToGroup', arn('group', '*'))])).toBeUndefined();
  });

  test('under the conditions of all requests', () => {
    const held = cell([allow(rights.slice(0, 2)), allow(rights[2] as string, '*', WITH_MFA)]);
    expect(held).toMatchObject({ verdict: 'conditional', condition: { text: 'if signed in with MFA' } });
  });

  test('another user, who is then taken over', () => {
    const all = allow([...rights, 'iam:CreateAccessKey']);
    expect(
      cell([], { users: [{ name: 'zoe', policies: [all], boundary: all }, { name: 'bob' }] })?.via,
    ).toEqual(['iam:CreateAccessKey', BOB, 'iam:CreateGroup']);
  });

  test('never a role', () => {
    const roles = [{ name: 'ops', policies: [allow(rights)] }];
    const snapshot = account({ instances: [{ id: 'i-1' }], roles });
    expect([...cellsOf(buildMatrix(snapshot), snapshot, { principal: arn('role', 'ops') })]).toEqual([]);
  });
});
