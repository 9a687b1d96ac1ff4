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
  if (found && found.via.length > 0 && !('error' in told))
    expect(told.steps.flatMap(({ requests }) => requests)).not.toEqual([]);
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

describe('whoever may give himself any policy', () => {
  const PUT = allow('iam:PutUserPolicy', UMA);
  const ATTACH = allow('iam:AttachUserPolicy', UMA);
  /** so that nobody else is made or taken */
  const ALONE = [
    ...['iam:CreateUser', 'iam:CreateRole', 'iam:PassRole', 'iam:UpdateAssumeRolePolicy'],
    ...['iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile'],
  ];
  const LEAVING = ['iam:DeleteGroupPolicy', 'iam:PutGroupPolicy', 'iam:RemoveUserFromGroup'];
  const denied = (given: object): object => ({
    Version: '2012-10-17',
    Statement: { Effect: 'Deny', Resource: '*', ...given },
  });
  const NO_MFA = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } };
  const AWAY = { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } };
  const shellNo = { name: 'no-shell', document: deny(['ssm:StartSession', ...ALONE]) };
  const member = (denies: readonly string[], ...own: (object | string)[]): AccountInput => ({
    users: [
      { name: 'uma', policies: [SHELL, ...own], groups: ['crew'] },
      { name: 'eve', policies: [] },
    ],
    groups: [{ name: 'crew', policies: [deny([...denies, ...ALONE])] }],
    policies: [shellNo],
  });
  const holder = (...own: (object | string)[]): AccountInput => ({
    users: [
      { name: 'uma', policies: [SHELL, ...own] },
      { name: 'eve', policies: [] },
    ],
    policies: [shellNo],
  });

  test('takes away what denies him something, if nothing keeps him from it', () => {
    expect(cell(holder('no-shell', ATTACH))).toMatchObject({
      verdict: 'allowed',
      via: ['iam:AttachUserPolicy'],
    });
    expect(cell(member(['ssm:*'], PUT))?.verdict).toBe('allowed');
  });

  test('keeps a Deny that guards itself', () => {
    expect(cell(member(['ssm:*', ...LEAVING], PUT))).toBeUndefined();
    expect(cell(member(['ssm:*', ...LEAVING.slice(1)], PUT))?.verdict).toBe('allowed');
    const own = (...guarded: string[]) => cell(holder(deny(['ssm:*', ...ALONE, ...guarded]), ATTACH));
    expect(own('iam:DeleteUserPolicy', 'iam:PutUserPolicy')).toBeUndefined();
    // under the same name he writes another policy
    expect(own('iam:DeleteUserPolicy')?.verdict).toBe('allowed');
    expect(own('iam:PutUserPolicy')?.verdict).toBe('allowed');
  });

  test('keeps one that another Deny guards, until that one is gone', () => {
    const guard = ['iam:DetachUserPolicy', 'iam:CreatePolicyVersion'];
    expect(cell(holder('no-shell', deny(guard), ATTACH))?.verdict).toBe('allowed');
    expect(cell(member(guard, 'no-shell', ATTACH))?.verdict).toBe('allowed');
    expect(cell(member([...guard, ...LEAVING], 'no-shell', ATTACH))).toBeUndefined();
  });

  test('keeps one that a boundary or a guardrail keeps him from taking', () => {
    const taking = ['iam:DetachUserPolicy', 'iam:CreatePolicyVersion', ...ALONE];
    const input = holder('no-shell', ATTACH);
    expect(cell({ ...input, organization: [{ scps: [allow('*'), deny(taking)] }] })).toBeUndefined();
    const boundary = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: [...taking, 'iam:*UserPermissionsBoundary'], Resource: '*' },
      ],
    };
    const users = [
      { name: 'uma', policies: [SHELL, 'no-shell', ATTACH], boundary },
      { name: 'eve', policies: [] },
    ];
    expect(cell({ ...input, users })).toBeUndefined();
  });

  test('writes a new version of the policy that denies it', () => {
    const scps = [allow('*'), deny('iam:DetachUserPolicy')];
    expect(cell({ ...holder('no-shell', ATTACH), organization: [{ scps }] })?.verdict).toBe('allowed');
  });

  test('still makes somebody else whom nothing is denied', () => {
    const guarding = {
      ...member([], ATTACH),
      groups: [{ name: 'crew', policies: [deny(['ssm:*', ...LEAVING])] }],
    };
    expect(cell(guarding)?.via.slice(0, 2)).toEqual(['iam:AttachUserPolicy', 'iam:CreateUser']);
  });

  test('takes a Deny away in a session that may', () => {
    const guarding = denied({ Action: ['ssm:*', 'iam:De*', 'iam:Put*', ...ALONE], Condition: NO_MFA });
    expect(cell(holder(guarding, ATTACH))?.condition?.anyOf).toHaveLength(1);
    const others = denied({ Action: ['iam:De*', 'iam:Put*', 'iam:Create*'], Condition: NO_MFA });
    expect(cell(holder('no-shell', others, ATTACH))?.condition?.text).toBe('if signed in with MFA');
  });

  test.each([
    ['everything', denied({ Action: '*', Condition: NO_MFA })],
    ['all but a little', denied({ NotAction: 'iam:Get*', Condition: AWAY })],
  ])('keeps one that denies %s to some sessions, and is told their condition', (_, document) => {
    const direct = cell(holder(document));
    expect(direct?.condition?.anyOf).toHaveLength(1);
    for (const more of [allow('*'), ATTACH, allow('iam:DetachUserPolicy')])
      for (const shell of [[], ['no-shell']]) {
        const found = cell(holder(document, more, ATTACH, ...shell));
        expect(found?.condition).toEqual(direct?.condition);
      }
  });

  test('and whoever makes him stronger is held to his Denies, too', () => {
    const eve = { name: 'eve', policies: [allow(['iam:AttachUserPolicy', 'iam:CreateAccessKey'], UMA)] };
    const made = (...denies: string[]) =>
      cell({ users: [{ name: 'uma', policies: [deny(denies)] }, eve] }, arn('user', 'eve'));
    expect(made('ssm:*')?.via).toEqual(['iam:CreateAccessKey', UMA, 'iam:AttachUserPolicy']);
    expect(made('ssm:*', 'iam:De*Policy', 'iam:PutUserPolicy', ...ALONE)).toBeUndefined();
  });

  test('a role of Identity Center gives itself nothing', () => {
    const reserved = (path?: string): AccountInput => ({
      users: [{ name: 'eve', policies: [] }],
      roles: [
        { name: 'hoist', ...(path && { path }), policies: [allow(['iam:PutRolePolicy', 'iam:TagRole'])] },
      ],
    });
    expect(cell(reserved(), HOIST)?.via).toEqual(['iam:PutRolePolicy']);
    const path = '/aws-reserved/sso.amazonaws.com/';
    for (const there of [HOIST, arn('role', `${path.slice(1)}hoist`)])
      expect(cell(reserved(path), there)).toBeUndefined();
  });
});
