import { describe, expect, test } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';
import { arn, CRANE, cellOfLeo, inRegion, withCrane } from './role-of-a-service.ts';

const SERVICE = 'cloudformation.amazonaws.com';
const WORKER = arn('role', 'worker');
const pass = allow('iam:PassRole', CRANE, { StringEquals: { 'iam:PassedToService': SERVICE } });
const making = ['cloudformation:CreateStackSet', 'cloudformation:CreateStackInstances'];

interface Given {
  readonly trusts?: string;
  readonly does?: readonly string[];
}

/**
 * leo's cell, if the role `worker` may open instances, and trusts crane, which CloudFormation may assume.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
 */
function cell(
  policies: readonly object[],
  { trusts = CRANE, does = ['sts:AssumeRole'] }: Given = {},
): Cell | undefined {
  const trust = (principal: object): object => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  });
  const snapshot = withCrane(SERVICE, policies, {
    roles: [
      { name: 'crane', policies: [allow(does)], trust: trust({ Service: SERVICE }) },
      { name: 'worker', policies: [allow('ec2-instance-connect:*')], trust: trust({ AWS: trusts }) },
    ],
  });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return cellOfLeo(matrix, snapshot);
}

describe('a stack set', () => {
  test('leads to the role that its role assumes', () => {
    expect(cell([pass, allow(making)])).toMatchObject({
      verdict: 'allowed',
      via: [making[0], CRANE, WORKER],
    });
  });

  test('that exists does so as well, on condition that there is one', () => {
    const found = cell([
      pass,
      allow('cloudformation:UpdateStackSet', inRegion('cloudformation', 'stackset/*')),
    ]);
    expect(found).toMatchObject({
      verdict: 'conditional',
      via: ['cloudformation:UpdateStackSet', CRANE, WORKER],
    });
    expect(found?.condition?.text).toContain('cloudformation:StackSet is one that exists');
  });

  test('does not without a right, or if either role lets nobody in', () => {
    expect(cell([allow(making)])).toBeUndefined();
    for (const one of making) {
      expect(cell([pass, allow(one)])).toBeUndefined();
      expect(cell([pass, allow(making), deny(one)])).toBeUndefined();
    }
    expect(cell([pass, allow(making)], { trusts: arn('role', 'other') })).toBeUndefined();
    expect(cell([pass, allow(making)], { does: ['s3:*'] })).toBeUndefined();
  });

  test('uses its own role only to assume that one', () => {
    expect(cell([pass, allow(making)], { trusts: arn('role', 'other'), does: ['*'] })).toBeUndefined();
  });
});
