import { describe, expect, test } from 'vitest';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const [UMA, OPS] = [arn('user', 'uma'), arn('policy', 'ops')];
const SET = 'iam:SetDefaultPolicyVersion';
const SHELL = allow('ssm:StartSession');
const READ = allow('ec2:GetConsoleOutput');

/** uma's cell on i-1. Both engines, and the explanation, must agree. */
function cell(input: AccountInput, path: 'session-manager' | 'console-read' = 'session-manager') {
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  const asked = { principal: UMA, path, instance: 'i-1' } as const;
  const [found] = cellsOf(matrix, snapshot, asked);
  const told = explainCell(snapshot, asked, matrix);
  if (found && found.via.length > 0 && !('error' in told))
    expect(told.steps.flatMap(({ requests }) => requests)).not.toEqual([]);
  return found as Cell | undefined;
}

const uma = (document: object, versions: readonly object[], ...own: readonly object[]): AccountInput => ({
  users: [{ name: 'uma', policies: ['ops', ...own] }],
  policies: [{ name: 'ops', document, versions }],
});

/** One document with the statements of several. */
const all = (...documents: readonly object[]): object => ({
  Version: '2012-10-17',
  Statement: documents.flatMap((one) => (one as { Statement: object | object[] }).Statement),
});

describe('an earlier version of a policy', () => {
  test('counts for a principal that may activate it', () => {
    const found = cell(uma(READ, [allow('s3:*'), SHELL], allow(SET, OPS)));
    expect(found).toMatchObject({
      ...{ verdict: 'allowed', via: [SET, `${OPS}:v2`] },
      steps: [{ from: UMA, to: UMA, request: { action: SET }, condition: null }],
    });
    expect(found?.grants.some(({ policy }) => policy === `${OPS}:v2`)).toBe(true);
  });

  test('does not without the right, with a right on another policy, or under a Deny', () => {
    expect(cell(uma(READ, [SHELL]))).toBeUndefined();
    expect(cell(uma(READ, [SHELL], allow(SET, arn('policy', 'other'))))).toBeUndefined();
    expect(cell(uma(READ, [SHELL], allow(SET), deny(SET, OPS)))).toBeUndefined();
    expect(cell(uma(READ, [allow('s3:*')], allow(SET)))).toBeUndefined();
    const guarded = { ...uma(READ, [SHELL], allow(SET)), organization: [{ scps: [allow('*'), deny(SET)] }] };
    expect(cell(guarded)).toBeUndefined();
  });

  test('replaces the current version with its Allows and Denies', () => {
    const noShell = { ...deny('ssm:StartSession') };
    expect(cell(uma(noShell, [allow('s3:*')], SHELL, allow(SET)))?.via).toEqual([SET, `${OPS}:v1`]);
    const input = uma(READ, [SHELL], allow(SET));
    expect(cell(input, 'console-read')?.via).toEqual([]);
  });

  test('may belong to a policy of a group, and have a condition', () => {
    const grouped: AccountInput = {
      users: [{ name: 'uma', groups: ['crew'], policies: [allow(SET, OPS)] }],
      groups: [{ name: 'crew', policies: ['ops'] }],
      policies: [{ name: 'ops', document: READ, versions: [SHELL] }],
    };
    expect(cell(grouped)).toMatchObject({ verdict: 'allowed', via: [SET, `${OPS}:v1`] });
    const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    expect(cell(uma(READ, [SHELL], allow(SET, OPS, mfa)))?.condition?.text).toContain('MFA');
  });

  test('may be of its boundary', () => {
    const bound = (document: object, version: object, ...own: readonly object[]): AccountInput => ({
      users: [{ name: 'uma', boundary: 'ops', policies: own }],
      policies: [{ name: 'ops', document, versions: [version] }],
    });
    const LIMIT = allow(['ec2:GetConsoleOutput', SET]);
    const input = bound(LIMIT, SHELL, SHELL, allow(SET, OPS));
    expect(cell(input)).toMatchObject({ verdict: 'allowed', via: [SET, `${OPS}:v1`] });
    // what the active version lets through is gone with it
    expect(cell(bound(LIMIT, SHELL, READ, allow(SET)), 'console-read')?.via).toEqual([]);
    expect(cell(bound(LIMIT, SHELL, SHELL))).toBeUndefined();
    expect(cell(bound(allow('ec2:GetConsoleOutput'), SHELL, SHELL, allow(SET)))).toBeUndefined();
    expect(cell(bound(LIMIT, allow('s3:*'), SHELL, allow(SET)))).toBeUndefined();
  });

  test('of its boundary may let it remove that', () => {
    const DELETE = 'iam:DeleteUserPermissionsBoundary';
    const found = cell({
      users: [{ name: 'uma', boundary: 'ops', policies: [SHELL, allow([SET, DELETE])] }],
      policies: [{ name: 'ops', document: allow(SET), versions: [allow(DELETE)] }],
    });
    expect(found).toMatchObject({ verdict: 'allowed', via: [SET, `${OPS}:v1`, DELETE] });
  });

  test('of its boundary may let it remove a Deny of its own', () => {
    const DELETE = 'iam:DeleteUserPolicy';
    const found = cell({
      users: [{ name: 'uma', boundary: 'ops', policies: [SHELL, allow([SET, DELETE]), deny('ssm:*')] }],
      policies: [{ name: 'ops', document: allow(SET), versions: [allow([DELETE, 'ssm:*'])] }],
    });
    expect(found).toMatchObject({ verdict: 'allowed', via: [SET, `${OPS}:v1`, DELETE, `${UMA}#policy-2`] });
  });

  test('that allows rewriting the policy gives any policy', () => {
    const input = uma(READ, [allow('iam:CreatePolicyVersion', OPS)], allow(SET, OPS));
    const found = cell({ ...input, roles: [{ name: 'app' }] });
    expect(found).toMatchObject({
      ...{ verdict: 'allowed', via: [SET, `${OPS}:v1`, 'iam:CreatePolicyVersion'] },
    });
  });

  test('keeps its Deny if that cannot be removed, as the active version does', () => {
    const version = (...guards: readonly object[]): AccountInput =>
      uma(READ, [all(deny('ssm:*'), allow('iam:PutUserPolicy'), ...guards)], allow(SET, OPS));
    const whole = cell(version());
    expect(whole?.via).toEqual([SET, `${OPS}:v1`, 'iam:PutUserPolicy']);
    // it creates, changes and becomes nobody, and activates no other version
    const guarded = deny(['iam:D*', 'iam:C*', 'iam:U*', 'iam:S*', 'iam:A*']);
    expect(cell(version(guarded))?.via).toBeUndefined();
  });

  // the Deny protects itself from everything but this
  test('without its Deny frees a principal that gives itself any policy', () => {
    const guards = deny(['ssm:*', 'iam:D*', 'iam:C*', 'iam:U*', 'iam:Re*', 'iam:A*', 'iam:Pas*']);
    const put = allow('iam:PutUserPolicy');
    expect(cell(uma(guards, [READ], SHELL, put))).toMatchObject({
      ...{ verdict: 'allowed', via: ['iam:PutUserPolicy'] },
    });
    expect(cell(uma(guards, [deny('ssm:*')], SHELL, put))).toBeUndefined();
    expect(cell(uma(all(guards, deny(SET)), [READ], SHELL, put))).toBeUndefined();
    expect(cell(uma(guards, [], SHELL, put))).toBeUndefined();
  });

  test('grants nothing until it is active, and its tags gate what it would open', () => {
    const gated = allow('ssm:StartSession', '*', { StringEquals: { 'ssm:resourceTag/team': 'web' } });
    const input = uma(READ, [gated], allow(SET));
    expect(cell(input)).toBeUndefined();
    expect(cell({ ...input, instances: [{ id: 'i-1', tags: { team: 'web' } }] })?.verdict).toBe('allowed');
  });
});

const [CRANE, BOT] = [arn('role', 'crane'), arn('user', 'bot')];
const trusting = (principal: string): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
});

/** uma has these rights; the role crane and the user bot have the policy ops. */
const beside = (version: object, ...own: readonly object[]): AccountInput => ({
  users: [
    { name: 'uma', policies: own },
    { name: 'bot', policies: ['ops'] },
  ],
  roles: [{ name: 'crane', policies: ['ops'], trust: trusting(UMA) }],
  policies: [{ name: 'ops', document: READ, versions: [version] }],
});

describe('an earlier version of the policy of another principal', () => {
  const ACTIVATE = allow(SET, OPS);

  test('counts for a principal that may activate it and become the other', () => {
    const found = cell(beside(SHELL, ACTIVATE));
    expect(found).toMatchObject({
      ...{ verdict: 'allowed', via: [CRANE, SET, `${OPS}:v1`] },
      steps: [
        { from: UMA, to: CRANE, request: { action: 'sts:AssumeRole' } },
        { from: UMA, to: CRANE, request: { action: SET, resource: OPS }, condition: null },
      ],
    });
    expect(found?.grants.some(({ policy }) => policy === `${OPS}:v1`)).toBe(true);
    const keys = cell({ ...beside(SHELL, ACTIVATE, allow('iam:CreateAccessKey', BOT)), roles: [] });
    expect(keys?.via).toEqual(['iam:CreateAccessKey', BOT, SET, `${OPS}:v1`]);
  });

  test('does not without either right, or if no version allows more', () => {
    expect(cell(beside(SHELL))).toBeUndefined();
    expect(cell(beside(SHELL, allow(SET, arn('policy', 'other'))))).toBeUndefined();
    expect(cell(beside(SHELL, ACTIVATE, deny(SET)))).toBeUndefined();
    expect(cell(beside(allow('s3:*'), ACTIVATE))).toBeUndefined();
    const closed = { ...beside(SHELL, ACTIVATE), roles: [{ name: 'crane', policies: ['ops'] }] };
    expect(cell(closed)).toBeUndefined();
  });

  test('may lift a Deny, or the limit of a boundary', () => {
    const roles = (boundary?: string): NonNullable<AccountInput['roles']> => [
      {
        ...{ name: 'crane', policies: boundary ? [SHELL] : ['ops', SHELL], trust: trusting(UMA) },
        ...(boundary ? { boundary } : {}),
      },
    ];
    const policies = (document: object, version: object): NonNullable<AccountInput['policies']> => [
      { name: 'ops', document, versions: [version] },
    ];
    const denied = { ...beside(SHELL, ACTIVATE), policies: policies(deny('ssm:*'), allow('s3:*')) };
    const via = [CRANE, SET, `${OPS}:v1`];
    expect(cell({ ...denied, roles: roles() })?.via).toEqual(via);
    const limited = { ...beside(SHELL, ACTIVATE), policies: policies(READ, SHELL) };
    expect(cell({ ...limited, roles: roles('ops') })?.via).toEqual(via);
    expect(cell({ ...limited, roles: roles('ops') }, 'console-read')).toBeUndefined();
  });

  test('may be of a policy of its group', () => {
    const grouped: AccountInput = {
      ...beside(SHELL, ACTIVATE, allow('iam:CreateLoginProfile', BOT)),
      users: [
        { name: 'uma', policies: [ACTIVATE, allow('iam:CreateLoginProfile', BOT)] },
        { name: 'bot', groups: ['crew'] },
      ],
      ...{ groups: [{ name: 'crew', policies: ['ops'] }], roles: [] },
    };
    expect(cell(grouped)?.via).toEqual(['iam:CreateLoginProfile', BOT, SET, `${OPS}:v1`]);
  });

  test('has conditions, and may let the other do more with itself', () => {
    const mfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    expect(cell(beside(SHELL, allow(SET, OPS, mfa)))?.condition?.text).toContain('MFA');
    const rewriting = cell(beside(allow('iam:PutRolePolicy', CRANE), ACTIVATE));
    expect(rewriting?.via).toEqual([CRANE, SET, `${OPS}:v1`, 'iam:PutRolePolicy']);
  });
});
