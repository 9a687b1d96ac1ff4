import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const EVERYTHING = allow('*');
const only = (...regions: readonly string[]): object => ({
  StringNotEquals: { 'aws:RequestedRegion': regions },
});

/** Kim's cell on Session Manager, through anything that she may become. */
function cell(scp: object, input: AccountInput = {}): Cell | undefined {
  const snapshot = account({
    instances: [{ id: 'i-1', region: 'eu-west-1' }],
    users: [{ name: 'kim', policies: [allow('sts:AssumeRole')] }],
    roles: [
      {
        name: 'shell',
        policies: [allow('ssm:StartSession')],
        trust: {
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT_ID }, Action: 'sts:AssumeRole' },
        },
      },
    ],
    organization: [{ scps: [EVERYTHING, scp] }],
    ...input,
  });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return [...cellsOf(matrix, snapshot, { path: 'session-manager' })].find(({ principal }) =>
    principal.endsWith('user/kim'),
  );
}

describe('the caller chooses the endpoint of STS', () => {
  test('a region lock with one open region keeps nobody from assuming a role', () => {
    expect(cell(deny('*', '*', only('eu-west-1')))).toMatchObject({ verdict: 'allowed', condition: null });
  });

  test('a region lock without an open region for STS does', () => {
    expect(cell(deny('sts:*', '*', only('nowhere-1')))).toBeUndefined();
    expect(cell(deny('sts:*', '*', { StringLike: { 'aws:RequestedRegion': '*' } }))).toBeUndefined();
  });

  test('one call has one endpoint', () => {
    const us = allow('sts:AssumeRole', '*', { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } });
    const users = [{ name: 'kim', policies: [us] }];
    expect(cell(deny('sts:*', '*', only('us-east-1')), { users })?.verdict).toBe('allowed');
    expect(cell(deny('sts:*', '*', only('eu-west-1')), { users })).toBeUndefined();
  });

  test('other conditions stay, and the region is not part of the condition', () => {
    const address = allow('sts:AssumeRole', '*', {
      IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
      StringEquals: { 'aws:RequestedRegion': 'eu-west-1' },
    });
    expect(cell(deny('s3:*'), { users: [{ name: 'kim', policies: [address] }] })?.condition?.text).toBe(
      'if from 203.0.113.0/24',
    );
  });
});

test('requests to IAM are in the home region of the partition', () => {
  const put = allow('iam:PutUserPolicy');
  const users = [{ name: 'kim', policies: [put] }];
  expect(cell(deny('iam:*', '*', only('eu-west-1')), { users })).toBeUndefined();
  expect(cell(deny('iam:*', '*', only('us-east-1')), { users })?.via).toEqual(['iam:PutUserPolicy']);
});
