import { describe, expect, test } from 'vitest';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_iam_limit-managed.html

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const aws = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
const [UMA, OPS] = [arn('user', 'uma'), arn('policy', 'ops')];
const ATTACH = 'iam:AttachUserPolicy';
const SHELL = allow('ssm:StartSession');
const SSM = aws('AmazonSSMFullAccess');
const only = (operator: string, ...policies: readonly string[]): object => ({
  [operator]: { 'iam:PolicyARN': policies },
});

/** The cell of uma on i-1. Both engines and the explanation agree. */
function cell(
  input: AccountInput,
  path: PathId = 'session-manager',
  principal: string = UMA,
): Cell | undefined {
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  const asked = { principal, path, instance: 'i-1' } as const;
  const [found] = cellsOf(matrix, snapshot, asked);
  const told = explainCell(snapshot, asked, matrix);
  if (found && found.via.length > 0 && !('error' in told))
    expect(told.steps.flatMap(({ requests }) => requests)).not.toEqual([]);
  return found;
}

const uma = (...policies: readonly object[]): AccountInput => ({
  users: [{ name: 'uma', policies }],
  policies: [
    { name: 'ops', document: SHELL },
    { name: 'read', document: allow('s3:*') },
  ],
});

describe.each(['ArnEquals', 'ArnLike', 'StringEquals', 'StringLike'])(
  'attaching limited by %s',
  (operator) => {
    test('gives what the policy of the account allows', () => {
      const found = cell(uma(allow(ATTACH, '*', only(operator, OPS))));
      expect(found).toMatchObject({
        ...{ verdict: 'allowed', via: [ATTACH, OPS] },
        steps: [{ from: UMA, to: UMA, request: { action: ATTACH }, condition: null }],
      });
      expect(cell(uma(allow(ATTACH, '*', only(operator, OPS))), 'power')).toBeUndefined();
      expect(cell(uma(allow(ATTACH, '*', only(operator, arn('policy', 'read')))))).toBeUndefined();
      expect(cell(uma(allow(ATTACH, '*', only(operator, OPS)), deny(ATTACH)))).toBeUndefined();
      expect(cell(uma(allow(ATTACH, arn('user', 'bob'), only(operator, OPS))))).toBeUndefined();
    });

    test('gives what a policy of AWS allows', () => {
      const found = cell(uma(allow(ATTACH, '*', only(operator, SSM))));
      expect(found).toMatchObject({ verdict: 'allowed', via: [ATTACH, SSM] });
      expect(found?.uncertain).toContain('policy-copy');
      expect(found?.grants.every(({ policy }) => policy.startsWith(UMA))).toBe(true);
      expect(cell(uma(allow(ATTACH, '*', only(operator, SSM))), 'power')).toBeUndefined();
      expect(cell(uma(allow(ATTACH, '*', only(operator, aws('AmazonS3FullAccess')))))).toBeUndefined();
    });
  },
);

describe('attaching', () => {
  test('by a pattern gives what any of the policies allows', () => {
    const likes = allow(ATTACH, '*', only('ArnLike', aws('AmazonSSM*'), aws('AmazonEC2Full*')));
    expect(cell(uma(likes))?.verdict).toBe('allowed');
    expect(cell(uma(likes), 'power')?.verdict).toBe('allowed');
    const any = allow(ATTACH, '*', only('ArnEquals', 'arn:aws:iam::*:policy/AmazonEC2FullAccess'));
    expect(cell(uma(any), 'power')?.via).toEqual([ATTACH, aws('AmazonEC2FullAccess')]);
    expect(cell(uma(any))).toBeUndefined();
  });

  test('of anything but one policy gives what the others allow', () => {
    const guard = deny(ATTACH, '*', only('ArnEquals', aws('AdministratorAccess')));
    expect(cell(uma(allow(ATTACH), guard))).toMatchObject({ verdict: 'allowed' });
  });

  test('keeps conditions, boundaries and guardrails', () => {
    const mfa = { ...only('ArnEquals', SSM), Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    expect(cell(uma(allow(ATTACH, '*', mfa)))).toMatchObject({
      verdict: 'conditional',
      condition: { text: 'if signed in with MFA' },
    });
    const limited = allow(ATTACH, '*', only('ArnEquals', SSM));
    const bound = { name: 'uma', policies: [limited], boundary: allow('iam:*') };
    expect(cell({ users: [bound] })).toBeUndefined();
    const organization = [{ scps: [allow('*'), deny('ssm:*')] }];
    expect(cell({ ...uma(limited), organization })).toBeUndefined();
  });

  test('to a group that it is in, and to a role by itself', () => {
    const grouped: AccountInput = {
      groups: [{ name: 'crew' }],
      users: [
        {
          ...{ name: 'uma', groups: ['crew'] },
          policies: [allow('iam:AttachGroupPolicy', '*', only('ArnEquals', SSM))],
        },
      ],
    };
    expect(cell(grouped)?.via).toEqual(['iam:AttachGroupPolicy', SSM]);
    expect(cell({ ...grouped, users: [{ ...grouped.users?.[0], name: 'uma', groups: [] }] })).toBeUndefined();
    const roles = [{ name: 'ops', policies: [allow('iam:AttachRolePolicy', '*', only('ArnEquals', SSM))] }];
    expect(cell({ roles }, 'session-manager', arn('role', 'ops'))?.via).toEqual([
      'iam:AttachRolePolicy',
      SSM,
    ]);
  });

  test('of a policy that was not read is unknown', () => {
    const found = cell(uma(allow(ATTACH, '*', only('ArnEquals', aws('OfTomorrow')))));
    expect(found).toMatchObject({ verdict: 'unknown' });
    expect(JSON.stringify(found)).toContain('iam get-policy-version of arn:aws:iam::aws:policy/OfTomorrow');
  });

  test('to another that it becomes gives what the policy allows', () => {
    const limited = only('ArnEquals', SSM);
    const roles = [
      {
        name: 'crane',
        policies: [],
        trust: {
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Principal: { AWS: UMA }, Action: 'sts:AssumeRole' },
        },
      },
    ];
    const role = allow('iam:AttachRolePolicy', '*', limited);
    const found = cell({ ...uma(role), roles });
    expect(found).toMatchObject({
      verdict: 'allowed',
      via: [arn('role', 'crane'), 'iam:AttachRolePolicy', SSM],
    });
    expect(found?.steps.at(-1)).toMatchObject({ from: UMA, request: { action: 'iam:AttachRolePolicy' } });
    expect(cell({ ...uma(role), roles }, 'power')).toBeUndefined();
    expect(cell({ ...uma(allow('iam:AttachRolePolicy', arn('role', 'x'), limited)), roles })).toBeUndefined();
    expect(cell(uma(role))).toBeUndefined();
    const bound = roles.map((one) => ({ ...one, boundary: allow('s3:*') }));
    expect(cell({ ...uma(role), roles: bound })).toBeUndefined();
    const key = allow('iam:CreateAccessKey', arn('user', 'bob'));
    const grouped: AccountInput = {
      groups: [{ name: 'crew' }],
      users: [
        { name: 'uma', policies: [key, allow('iam:AttachGroupPolicy', '*', limited)] },
        { name: 'bob', groups: ['crew'] },
      ],
    };
    expect(cell(grouped)?.via).toEqual([
      ...['iam:CreateAccessKey', arn('user', 'bob')],
      ...['iam:AttachGroupPolicy', SSM],
    ]);
  });

  test('a policy that it creates gives anything', () => {
    const limited = allow(ATTACH, '*', only('ArnLike', arn('policy', 'team-*')));
    const create = (resource: string): object => allow('iam:CreatePolicy', resource);
    expect(cell(uma(limited, create('*')), 'power')).toMatchObject({
      verdict: 'allowed',
      via: ['iam:CreatePolicy'],
    });
    expect(cell(uma(limited, create(arn('policy', 'team-*'))), 'power')?.verdict).toBe('allowed');
    expect(cell(uma(limited, create(arn('policy', 'app-*'))), 'power')).toBeUndefined();
    expect(cell(uma(limited), 'power')).toBeUndefined();
    const exact = allow(ATTACH, '*', only('ArnEquals', arn('policy', 'team')));
    expect(cell(uma(exact, create('*')), 'power')?.verdict).toBe('allowed');
    const there = allow(ATTACH, '*', only('ArnEquals', arn('policy', 'read')));
    expect(cell(uma(there, create('*')), 'power')).toBeUndefined();
  });

  test('a policy that it creates to a user that it becomes gives anything', () => {
    const limited = allow(ATTACH, arn('user', 'bob'), only('ArnLike', arn('policy', 'team-*')));
    const rights = allow(['iam:CreatePolicy', 'iam:CreateAccessKey']);
    const users = [{ name: 'uma', policies: [limited, rights] }, { name: 'bob' }];
    expect(cell({ users }, 'power')?.via).toEqual([
      'iam:CreateAccessKey',
      arn('user', 'bob'),
      'iam:CreatePolicy',
    ]);
  });

  test('a policy and then writing it gives anything', () => {
    const write = allow(['iam:CreatePolicyVersion'], OPS);
    const found = cell(uma(allow(ATTACH, '*', only('ArnEquals', OPS)), write), 'power');
    expect(found).toMatchObject({ verdict: 'allowed', via: [ATTACH, OPS, 'iam:CreatePolicyVersion'] });
  });
});
