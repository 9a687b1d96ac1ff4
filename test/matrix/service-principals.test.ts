import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { PathId } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, account, allow } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const trust = (Service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
});
const arn = (name: string): string => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;

/**
 * How ada holds a path in a partition, if the role trusts a service. `passed`: the only service that she may pass it
 * to.
 */
function held(partition: string, service: string, path: PathId, passed?: string): readonly string[] | null {
  const only = passed === undefined ? undefined : { StringEquals: { 'iam:PassedToService': passed } };
  const makes = ['ec2:AssociateIamInstanceProfile', 'lambda:CreateFunction', 'lambda:InvokeFunction'];
  const policies = [allow(makes), allow('iam:PassRole', '*', only)];
  const snapshot = {
    ...account({
      users: [{ name: 'ada', policies }],
      roles: [{ name: 'box', policies: [allow('ec2:StopInstances')], trust: trust(service) }],
      instances: [{ id: 'i-1', role: 'box' }],
    }),
    partition,
  };
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  const principal = `arn:aws:iam::${ACCOUNT_ID}:user/ada`;
  return [...cellsOf(matrix, snapshot, { principal, path })][0]?.via ?? null;
}

describe('the principal of EC2', () => {
  const swap = 'instance-profile-swap';
  test.each([
    ['aws', 'ec2.amazonaws.com', true],
    ['aws', 'ec2.amazonaws.com.cn', false],
    ['aws-us-gov', 'ec2.amazonaws.com', true],
    ['aws-cn', 'ec2.amazonaws.com', true],
    ['aws-cn', 'ec2.amazonaws.com.cn', true],
    ['aws-iso', 'ec2.c2s.ic.gov', true],
    ['aws-iso', 'ec2.amazonaws.com', true],
    ['aws-iso', 'ec2.sc2s.sgov.gov', false],
    ['aws-iso-b', 'ec2.sc2s.sgov.gov', true],
  ])('in %s %s: %s', (partition, service, is) => {
    expect(held(partition, service, swap)).toEqual(is ? [] : null);
  });

  test('does not matter under which name a role is passed', () => {
    for (const name of ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn']) {
      expect(held('aws-cn', 'ec2.amazonaws.com.cn', swap, name)).toEqual([]);
      expect(held('aws', 'ec2.amazonaws.com', swap, name)).toEqual(name.endsWith('.cn') ? null : []);
    }
    expect(held('aws-cn', 'ec2.amazonaws.com.cn', swap, 'ssm.amazonaws.com')).toBeNull();
  });
});

test('a service that runs code with a role also has the names of its partition', () => {
  const via = ['lambda:CreateFunction', arn('box')];
  expect(held('aws-cn', 'lambda.amazonaws.com', 'power')).toEqual(via);
  expect(held('aws-cn', 'lambda.amazonaws.com.cn', 'power')).toEqual(via);
  expect(held('aws-cn', 'lambda.amazonaws.com', 'power', 'lambda.amazonaws.com.cn')).toEqual(via);
  expect(held('aws', 'lambda.amazonaws.com.cn', 'power')).toBeNull();
});
