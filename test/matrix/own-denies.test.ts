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

/** A cell on i-1. Both engines must agree. */
function cell(input: AccountInput, principal = UMA): Cell | undefined {
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  const asked = { principal, path: 'session-manager', instance: 'i-1' } as const;
  const [found] = cellsOf(matrix, snapshot, asked);
  const told = explainCell(snapshot, asked, matrix);
  // the explanation must find the same end
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

/** Each way to remove a Deny from oneself: the principal, the action, its resource, and the name in the chain. */
const WAYS: readonly (readonly [string, (right: object) => AccountInput, string, string])[] = [
  ['iam:DeleteUserPolicy', (right) => uma(deny('ssm:*'), right), UMA, `${UMA}#policy-1`],
  ['iam:DetachUserPolicy', (right) => uma('no-shell', right), UMA, arn('policy', 'no-shell')],
  ['iam:DeleteGroupPolicy', (right) => crew([deny('ssm:*')], [right]), CREW, `${CREW}#policy-0`],
  ['iam:DetachGroupPolicy', (right) => crew(['no-shell'], [right]), CREW, arn('policy', 'no-shell')],
  ['iam:RemoveUserFromGroup', (right) => crew([deny('ssm:*')], [right]), CREW, CREW],
];

describe.each(WAYS)('a Deny that a principal removes by %s', (action, input, on, step) => {
  test('denies nothing to a principal that may remove it', () => {
    expect(cell(input(allow(action, on)))).toMatchObject({
      verdict: 'allowed',
      via: [action, step],
      steps: [{ from: UMA, to: UMA, request: { action, resource: step }, condition: null }],
    });
  });

  test('stays if the principal may only remove that of another, or is denied the removal', () => {
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

  test('removes its own policies', () => {
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

describe('these stay', () => {
  test('a Deny that the principal holds twice', () => {
    const twice = { ...crew(['no-shell'], []), users: [{ name: 'uma', groups: ['crew'] }] };
    const users = [{ name: 'uma', groups: ['crew'], policies: [SHELL, 'no-shell', allow('iam:De*Policy')] }];
    expect(cell({ ...twice, users })).toBeUndefined();
  });

  test('the Allows of the removed policy do not', () => {
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

describe('a principal that may give itself any policy', () => {
  const PUT = allow('iam:PutUserPolicy', UMA);
  const ATTACH = allow('iam:AttachUserPolicy', UMA);
  /** no other principal is created or assumed */
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

  test('removes a Deny if nothing prevents it', () => {
    expect(cell(holder('no-shell', ATTACH))).toMatchObject({
      verdict: 'allowed',
      via: ['iam:AttachUserPolicy'],
    });
    expect(cell(member(['ssm:*'], PUT))?.verdict).toBe('allowed');
  });

  test('keeps a Deny that protects itself', () => {
    expect(cell(member(['ssm:*', ...LEAVING], PUT))).toBeUndefined();
    expect(cell(member(['ssm:*', ...LEAVING.slice(1)], PUT))?.verdict).toBe('allowed');
    const own = (...guarded: string[]) => cell(holder(deny(['ssm:*', ...ALONE, ...guarded]), ATTACH));
    expect(own('iam:DeleteUserPolicy', 'iam:PutUserPolicy')).toBeUndefined();
    // it writes another policy under the same name
    expect(own('iam:DeleteUserPolicy')?.verdict).toBe('allowed');
    expect(own('iam:PutUserPolicy')?.verdict).toBe('allowed');
  });

  test('keeps a Deny that another Deny protects, until that one is removed', () => {
    const guard = ['iam:DetachUserPolicy', 'iam:CreatePolicyVersion'];
    expect(cell(holder('no-shell', deny(guard), ATTACH))?.verdict).toBe('allowed');
    expect(cell(member(guard, 'no-shell', ATTACH))?.verdict).toBe('allowed');
    expect(cell(member([...guard, ...LEAVING], 'no-shell', ATTACH))).toBeUndefined();
  });

  test('keeps a Deny whose removal a boundary or a guardrail prevents', () => {
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

  test('writes a new version of the policy with the Deny', () => {
    const scps = [allow('*'), deny('iam:DetachUserPolicy')];
    expect(cell({ ...holder('no-shell', ATTACH), organization: [{ scps }] })?.verdict).toBe('allowed');
  });

  test('can still create a principal without the Deny', () => {
    const guarding = {
      ...member([], ATTACH),
      groups: [{ name: 'crew', policies: [deny(['ssm:*', ...LEAVING])] }],
    };
    expect(cell(guarding)?.via.slice(0, 2)).toEqual(['iam:AttachUserPolicy', 'iam:CreateAccessKey']);
    const organization = [{ scps: [allow('*'), deny('iam:*', arn('user', 'eve'))] }];
    expect(cell({ ...guarding, organization })?.via.slice(0, 2)).toEqual([
      ...['iam:AttachUserPolicy', 'iam:CreateUser'],
    ]);
  });

  test('removes a Deny in a session to which it does not apply', () => {
    const guarding = denied({ Action: ['ssm:*', 'iam:De*', 'iam:Put*', ...ALONE], Condition: NO_MFA });
    expect(cell(holder(guarding, ATTACH))?.condition?.anyOf).toHaveLength(1);
    const others = denied({ Action: ['iam:De*', 'iam:Put*', 'iam:Create*'], Condition: NO_MFA });
    expect(cell(holder('no-shell', others, ATTACH))?.condition?.text).toBe('if signed in with MFA');
  });

  test.each([
    ['everything', denied({ Action: '*', Condition: NO_MFA })],
    ['all but a little', denied({ NotAction: 'iam:Get*', Condition: AWAY })],
  ])('keeps a Deny that denies %s to some sessions, with its condition', (_, document) => {
    const direct = cell(holder(document));
    expect(direct?.condition?.anyOf).toHaveLength(1);
    for (const more of [allow('*'), ATTACH, allow('iam:DetachUserPolicy')])
      for (const shell of [[], ['no-shell']]) {
        const found = cell(holder(document, more, ATTACH, ...shell));
        expect(found?.condition).toEqual(direct?.condition);
      }
  });

  test('keeps its Denies when another principal makes it stronger', () => {
    const eve = { name: 'eve', policies: [allow(['iam:AttachUserPolicy', 'iam:CreateAccessKey'], UMA)] };
    const made = (...denies: string[]) =>
      cell({ users: [{ name: 'uma', policies: [deny(denies)] }, eve] }, arn('user', 'eve'));
    expect(made('ssm:*')?.via).toEqual(['iam:CreateAccessKey', UMA, 'iam:AttachUserPolicy']);
    expect(made('ssm:*', 'iam:De*Policy', 'iam:PutUserPolicy', ...ALONE)).toBeUndefined();
  });

  test('gives itself nothing if it is a role of Identity Center', () => {
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
