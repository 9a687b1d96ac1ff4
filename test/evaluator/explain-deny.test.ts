import { expect, test } from 'vitest';
import { compilePolicy } from '../../lib/evaluator/compile.ts';
import { explain } from '../../lib/evaluator/explain.ts';
import { type Principal, parsePrincipalArn } from '../../lib/evaluator/principal.ts';
import { parsePolicy } from '../../lib/policy/document.ts';

const policy = (...Statement: object[]) =>
  compilePolicy(parsePolicy({ Version: '2012-10-17', Statement }, 'identity'), 'mine', 'identity');

const asked = (...statements: object[]) =>
  explain(
    {
      principal: parsePrincipalArn('arn:aws:iam::111122223333:user/ada') as Principal,
      action: 'ec2:CreateTags',
      resource: 'arn:aws:ec2:us-east-1:111122223333:instance/i-1',
      resourceAccount: '111122223333',
      context: { service: 'ec2', lookup: () => undefined },
    },
    {
      identityPolicies: [policy(...statements), policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' })],
      permissionsBoundary: null,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      sessionPolicies: [],
      resourcePolicy: null,
    },
    { chosen: new Set(['aws:requesttag/team']) },
  );

const ALLOW = { Effect: 'Allow', Action: 'ec2:CreateTags', Resource: '*' };

test('a Deny of a value that the caller need not choose does not apply if the request is open', () => {
  const Condition = { StringEquals: { 'aws:RequestTag/team': 'red' } };
  const explained = asked(ALLOW, { Effect: 'Deny', Action: '*', Resource: '*', Condition });
  expect(explained.decision).toBe('allowed');
  const [, deny] = explained.layers[0]?.statements ?? [];
  expect(deny).toMatchObject({ effect: 'Deny', applies: 'conditionally' });
});

test('a layer has the number of its policies and of their statements on the action', () => {
  expect(asked(ALLOW).layers[0]).toMatchObject({ policies: 2, mentions: 1 });
  const elsewhere = { ...ALLOW, Resource: 'arn:aws:ec2:*:*:volume/*' };
  expect(asked(elsewhere).layers[0]).toMatchObject({ verdict: 'silent', mentions: 1, statements: [] });
  expect(asked({ ...ALLOW, Action: 'ec2:StartInstances' }).layers[0]).toMatchObject({ mentions: 0 });
});
