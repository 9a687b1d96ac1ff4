import { describe, expect, test } from 'vitest';
import type { Context } from '../../lib/evaluator/context.ts';
import { type Principal, parsePrincipalArn, servicePrincipal } from '../../lib/evaluator/principal.ts';
import { requestContext } from '../../lib/evaluator/request-context.ts';
import { simulateLine } from '../../lib/evaluator/simulate.ts';

const principal = parsePrincipalArn('arn:aws:iam::111122223333:user/alice') as Principal;

/** What is known of each key in a complete context; a text if it is refused. */
function read(given: Record<string, unknown>, ...keys: string[]): unknown {
  const context = requestContext({
    principal,
    action: 'ec2:StartInstances',
    resource: '*',
    given,
    complete: true,
  });
  return typeof context === 'string' ? context : keys.map((key) => context.lookup(key));
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html */
test.each([
  ['iam:PutUserPolicy', 'user/eve', true],
  ['iam:PassRole', 'role/ops', true],
  ['iam:ListUsers', '*', true],
  ['iam:CreatePolicyVersion', 'policy/own', false],
  ['iam:AddUserToGroup', 'group/staff', false],
  ['iam:AddRoleToInstanceProfile', 'instance-profile/web', false],
  ['iam:DeactivateMFADevice', 'mfa/eve', false],
])('`iam:ResourceTag` of `%s` on `%s`: %s', (action, name, isTag) => {
  const resource = name === '*' ? name : `arn:aws:iam::111122223333:${name}`;
  const answer = (given: object): unknown => {
    const Condition = { StringEquals: { 'iam:ResourceTag/team': 'red' } };
    const identityPolicies = [
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition } },
    ];
    const asked = { principal: 'arn:aws:iam::111122223333:user/alice', action, resource };
    const line = simulateLine(JSON.stringify({ ...asked, context: given, identityPolicies }));
    return 'decision' in line && line.decision;
  };
  expect(answer({ 'aws:ResourceTag/team': 'red' })).toBe(isTag ? 'allowed' : 'implicitDeny');
  // what the case gives as its own key is there
  expect(answer({ 'iam:ResourceTag/team': 'red' })).toBe('allowed');
});

describe('given values', () => {
  test('are text, numbers, booleans, lists of these, or nothing', () => {
    expect(read({ a: 'x', b: 1, c: [true, 'x'], d: null }, 'a', 'b', 'c', 'd', 'e')).toEqual([
      { values: ['x'] },
      { values: ['1'] },
      { values: ['true', 'x'] },
      null,
      null,
    ]);
    for (const value of [{}, [{}], [null], undefined])
      expect(read({ k: value })).toBe(
        'the value of `k` in `context` is not text, a number, true, false or a list of these',
      );
  });

  test('may be at most 1000', () => {
    const values = (size: number): string[] => Array.from({ length: size }, () => 'a');
    expect(read({ k: values(1000) })).toEqual([]);
    expect(read({ k: values(1001) })).toBe('`k` in `context` has more than 1000 values');
  });

  test('may have at most 12,000 characters', () => {
    expect(read({ k: ['a', 'a'.repeat(12_000)] })).toEqual([]);
    expect(read({ k: ['a', 'a'.repeat(12_001)] })).toBe(
      'a value of `k` in `context` has more than 12000 characters',
    );
  });
});

test('the kind of the principal is known, unless it is a service', () => {
  const typeOf = (one: Principal): unknown =>
    (
      requestContext({
        principal: one,
        action: 'ec2:StartInstances',
        resource: '*',
        given: {},
        complete: true,
      }) as Context
    )
      .lookup('aws:principaltype')
      ?.values.join();
  const named = (arn: string): unknown => typeOf(parsePrincipalArn(arn) as Principal);
  expect([
    typeOf(principal),
    named('arn:aws:iam::111122223333:role/r'),
    named('arn:aws:sts::111122223333:assumed-role/r/s'),
    named('arn:aws:sts::111122223333:federated-user/f'),
    named('arn:aws:iam::111122223333:root'),
    typeOf(servicePrincipal('ec2.amazonaws.com')),
  ]).toEqual(['User', 'AssumedRole', 'AssumedRole', 'FederatedUser', 'Account', undefined]);
});

describe('a key that is given twice', () => {
  test.each<[string, string, string]>([
    ['aws:username', 'AWS:UserName', 'aws:username'],
    ['aws:ResourceTag/t', 'ec2:ResourceTag/t', 'aws:resourcetag/t'],
    ['aws:RequestTag/t', 'aws:RequestTAG/t', 'aws:requesttag/t'],
  ])('as %s and %s has the value that comes last', (one, other, key) => {
    expect(read({ [one]: 'a', [other]: 'b' }, key)).toEqual([{ values: ['b'] }]);
  });

  test('as a tag in another case has both values', () => {
    const both = { 'aws:RequestTag/t': 'a', 'aws:RequestTag/T': 'b' };
    expect(read(both, 'aws:requesttag/t')).toEqual([{ values: ['a'], otherCase: 'b' }]);
    expect(read({ ...both, 'aws:RequestTag/t': null }, 'aws:requesttag/t')).toEqual([{ values: ['b'] }]);
    expect(read({ ...both, 'aws:RequestTag/T': null }, 'aws:requesttag/t')).toEqual([null]);
  });
});
