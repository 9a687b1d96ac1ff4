import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../../lib/evaluator/compile.ts';
import { type NearestAllow, nearestAllow } from '../../lib/evaluator/nearest-allow.ts';
import { parsePrincipalArn } from '../../lib/evaluator/principal.ts';
import { requestContext } from '../../lib/evaluator/request-context.ts';
import { parsePolicy } from '../../lib/policy/document.ts';

const PRINCIPAL = parsePrincipalArn('arn:aws:iam::111122223333:user/kim');
const RESOURCE = 'arn:aws:ec2:us-east-1:111122223333:instance/i-1';
const START = { Effect: 'Allow', Action: 'ec2:StartInstances', Resource: '*' };

function nearest(...statements: readonly object[]): NearestAllow | null {
  if (!PRINCIPAL) throw new Error('no principal');
  const given = { 'ec2:ResourceTag/team': 'blue' };
  const context = requestContext({
    principal: PRINCIPAL,
    action: 'ec2:StartInstances',
    resource: '*',
    given,
    complete: true,
  });
  if (typeof context === 'string') throw new Error(context);
  const document = parsePolicy({ Version: '2012-10-17', Statement: statements }, 'identity');
  const question = {
    principal: PRINCIPAL,
    action: 'ec2:startinstances',
    resource: RESOURCE,
    context,
    bounded: false,
  };
  return nearestAllow([compilePolicy(document, 'Ops', 'identity')], question);
}

const when = (Condition: object): object => ({ ...START, Condition });

describe('the Allow that lacks least', () => {
  test('names the condition that is not met, and the present value', () => {
    expect(nearest(when({ StringEquals: { 'ec2:ResourceTag/team': 'red' } }))).toEqual({
      ...{ policy: 'Ops', statement: 0, sid: null },
      misses: [
        {
          miss: 'condition',
          term: { key: 'ec2:ResourceTag/team', operator: 'StringEquals', values: ['red'] },
          has: ['blue'],
        },
      ],
    });
  });

  test('shows values with variables inserted', () => {
    const owner = nearest(when({ StringEquals: { 'aws:ResourceTag/owner': '${aws:username}' } }));
    expect(owner?.misses).toMatchObject([{ term: { values: ['kim'] }, has: null }]);
  });

  test('names its resources as the policy writes them', () => {
    const Resource = ['arn:aws:ec2:*:*:instance/i-2', 'arn:aws:ec2:*:*:instance/${aws:username}'];
    expect(nearest({ ...START, Resource })?.misses).toEqual([
      { miss: 'resource', resources: Resource, not: false },
    ]);
    const { Resource: _, ...rest } = START;
    expect(nearest({ ...rest, NotResource: RESOURCE })?.misses).toEqual([
      { miss: 'resource', resources: [RESOURCE], not: true },
    ]);
  });

  test('is the first with one unmet condition, before one with two, and before another resource', () => {
    const other = { ...START, Sid: 'Other', Resource: 'arn:aws:ec2:*:*:instance/i-2' };
    const two = when({ StringEquals: { 'aws:PrincipalTag/a': 'x', 'aws:PrincipalTag/b': 'x' } });
    const one = when({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } });
    expect(nearest(other, two, { ...one, Sid: 'One' }, one)).toMatchObject({ statement: 2, sid: 'One' });
  });

  test('does not exist if no Allow is about the action, or if one applies', () => {
    expect(nearest({ ...START, Action: 'ec2:StopInstances' }, { ...START, Effect: 'Deny' })).toBeNull();
    expect(nearest(START)).toBeNull();
    expect(nearest({ ...START, Resource: 'arn:aws:ec2:*:*:instance/i-2', Extra: 1 })).toBeNull();
  });
});
