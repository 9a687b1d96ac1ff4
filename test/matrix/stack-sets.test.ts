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

const DEFAULT = 'AWSCloudFormationStackSetAdministrationRole';

interface Given {
  /** the name of the role of stack sets */
  readonly name?: string;
  readonly trusts?: string;
  readonly does?: readonly string[];
}

/**
 * leo's cell, if the role `worker` may open instances, and trusts a role that CloudFormation may assume.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
 */
function cell(
  policies: readonly object[],
  { name = 'crane', trusts = arn('role', name), does = ['sts:AssumeRole'] }: Given = {},
): Cell | undefined {
  const trust = (principal: object): object => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  });
  const snapshot = withCrane(SERVICE, policies, {
    roles: [
      { name, policies: [allow(does)], trust: trust({ Service: SERVICE }) },
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

  test('uses the default role of stack sets, which nobody passes', () => {
    const via = [making[0], arn('role', DEFAULT), WORKER];
    expect(cell([allow(making)], { name: DEFAULT })).toMatchObject({
      ...{ verdict: 'allowed', via },
      steps: [{ request: { action: making[0] }, condition: null }, { request: { action: 'sts:AssumeRole' } }],
    });
    for (const one of making) expect(cell([allow(one)], { name: DEFAULT })).toBeUndefined();
    expect(cell([allow(making), deny('sts:AssumeRole')], { name: DEFAULT })?.via).toEqual(via);
    expect(cell([allow(making)], { name: DEFAULT, trusts: arn('role', 'other') })).toBeUndefined();
    const updating = cell([allow('cloudformation:UpdateStackSet')], { name: DEFAULT });
    expect(updating?.verdict).toBe('conditional');
    expect(updating?.condition?.text).toContain('cloudformation:StackSet is one that exists');
  });
});
