import { describe, expect, test } from 'vitest';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const [UMA, HOIST, CREW] = [arn('user', 'uma'), arn('role', 'hoist'), arn('group', 'crew')];
const SHELL = allow('ssm:StartSession');
const NO_SHELL = { name: 'no-shell', document: deny('ssm:StartSession') };

/** A cell on i-1; both engines say the same. */
function cell(input: AccountInput, principal = UMA): Cell | undefined {
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  const asked = { principal, path: 'session-manager', instance: 'i-1' } as const;
  const [found] = cellsOf(matrix, snapshot, asked);
  const told = explainCell(snapshot, asked, matrix);
  // whoever tells it finds the same end
  if (found && !('error' in told)) expect(told.steps.flatMap(({ requests }) => requests)).not.toEqual([]);
  return found;
}

const uma = (...policies: (object | string)[]): AccountInput => ({
  users: [{ name: 'uma', policies: [SHELL, ...policies] }],
  policies: [NO_SHELL],
});
const crew = (policies: readonly (object | string)[], own: readonly object[]): AccountInput => ({
  users: [{ name: 'uma', policies: [SHELL, ...own], groups: ['crew'] }],
  groups: [{ name: 'crew', policies }],
  policies: [NO_SHELL],
});

/** Each way to take a Deny from oneself: who, by which action on what, and what the chain names. */
const WAYS: readonly (readonly [string, (right: object) => AccountInput, string, string])[] = [
  ['iam:DeleteUserPolicy', (right) => uma(deny('ssm:*'), right), UMA, `${UMA}#policy-1`],
  ['iam:DetachUserPolicy', (right) => uma('no-shell', right), UMA, arn('policy', 'no-shell')],
  ['iam:DeleteGroupPolicy', (right) => crew([deny('ssm:*')], [right]), CREW, `${CREW}#policy-0`],
  ['iam:DetachGroupPolicy', (right) => crew(['no-shell'], [right]), CREW, arn('policy', 'no-shell')],
  ['iam:RemoveUserFromGroup', (right) => crew([deny('ssm:*')], [right]), CREW, CREW],
];

describe.each(WAYS)('a Deny that is taken away by %s', (action, input, on, step) => {
  test('denies nothing to whoever may take it', () => {
    expect(cell(input(allow(action, on)))).toMatchObject({
      verdict: 'allowed',
      via: [action, step],
      steps: [{ from: UMA, to: UMA, request: { action, resource: step }, condition: null }],
    });
  });

  test('holds for whoever may take that of another, or is denied to', () => {
    expect(cell(input(allow(action, arn('user', 'else'))))).toBeUndefined();
    expect(
      cell({ ...input(allow(action, on)), organization: [{ scps: [allow('*'), deny(action)] }] }),
    ).toBeUndefined();
    expect(cell(input(allow('iam:List*')))).toBeUndefined();
  });
});

describe('a role', () => {
  const hoist = (...policies: (object | string)[]): AccountInput => ({
    roles: [{ name: 'hoist', policies: [SHELL, ...policies] }],
    policies: [NO_SHELL],
  });

  test('takes its own policies away', () => {
    expect(cell(hoist(deny('ssm:*'), allow('iam:DeleteRolePolicy')), HOIST)?.via).toEqual([
      'iam:DeleteRolePolicy',
      `${HOIST}#policy-1`,
    ]);
    expect(cell(hoist('no-shell', allow('iam:DetachRolePolicy')), HOIST)?.via).toEqual([
      'iam:DetachRolePolicy',
      arn('policy', 'no-shell'),
    ]);
    expect(cell(hoist('no-shell', allow('iam:DeleteRolePolicy')), HOIST)).toBeUndefined();
  });
});

describe('what stays', () => {
  test('one that it holds twice', () => {
    const twice = { ...crew(['no-shell'], []), users: [{ name: 'uma', groups: ['crew'] }] };
    const users = [{ name: 'uma', groups: ['crew'], policies: [SHELL, 'no-shell', allow('iam:De*Policy')] }];
    expect(cell({ ...twice, users })).toBeUndefined();
  });

  test('what the policy that is taken away allows is gone, too', () => {
    const mixed = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'ssm:StartSession', Resource: '*' },
        { Effect: 'Deny', Action: 'ssm:StartSession', Resource: 'arn:aws:ec2:*:*:instance/*' },
      ],
    };
    const users = [{ name: 'uma', policies: [mixed, allow('iam:DeleteUserPolicy')] }];
    expect(cell({ users })).toBeUndefined();
  });

  test('a condition on which policy is detached', () => {
    const detach = (policy: string): object =>
      allow('iam:DetachUserPolicy', UMA, { ArnEquals: { 'iam:PolicyARN': arn('policy', policy) } });
    expect(cell(uma('no-shell', detach('no-shell')))?.verdict).toBe('allowed');
    expect(cell(uma('no-shell', detach('other')))).toBeUndefined();
  });
});
