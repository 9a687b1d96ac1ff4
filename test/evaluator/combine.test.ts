import { describe, expect, test } from 'vitest';
import { simulateLine } from '../../lib/evaluator/simulate.ts';

const ACCOUNT = '111122223333';
const ALL = { Effect: 'Allow', Action: '*', Resource: '*' };
const policy = (...Statement: object[]): object => ({ Version: '2012-10-17', Statement });
const decide = (request: object): object =>
  simulateLine(JSON.stringify({ principal: `arn:aws:iam::${ACCOUNT}:user/alice`, ...request }));

describe('an identity provider', () => {
  const PROVIDER = `arn:aws:iam::${ACCOUNT}:saml-provider/corp`;
  const trust = policy({
    Effect: 'Allow',
    Action: 'sts:AssumeRoleWithSAML',
    Principal: { Federated: PROVIDER },
  });
  const signIn = {
    principal: PROVIDER,
    action: 'sts:AssumeRoleWithSAML',
    resource: `arn:aws:iam::${ACCOUNT}:role/target`,
  };

  test('has no policies of its own, and no guardrail or session policy limits it', () => {
    expect(
      decide({
        ...signIn,
        resourcePolicy: trust,
        identityPolicies: [policy({ ...ALL, Effect: 'Deny' })],
        permissionsBoundary: policy(),
        serviceControlPolicies: [[policy()]],
        sessionPolicies: [policy()],
      }),
    ).toMatchObject({ decision: 'allowed', uncertain: [] });
    expect(decide({ ...signIn, identityPolicies: [policy(ALL)] })).toMatchObject({
      decision: 'implicitDeny',
    });
  });

  test('may do what the role of another account allows it', () => {
    const resource = 'arn:aws:iam::444455556666:role/target';
    expect(decide({ ...signIn, resource, resourcePolicy: trust })).toMatchObject({ decision: 'allowed' });
  });
});

// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
describe('an action of KMS', () => {
  const allowed = (action: string, resource: string): object =>
    decide({ action, resource, identityPolicies: [policy(ALL)] });

  test('on a key needs the key policy, also if the key is not named', () => {
    expect(allowed('kms:Decrypt', '*')).toMatchObject({ decision: 'implicitDeny' });
    expect(allowed('kms:Decrypt', `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`)).toMatchObject({
      decision: 'implicitDeny',
    });
  });

  test('on no key does not need one', () => {
    expect(allowed('kms:ListKeys', '*')).toMatchObject({ decision: 'allowed' });
    expect(allowed('kms:ListKeys', `arn:aws:kms:us-east-1:${ACCOUNT}:key/1`)).toMatchObject({
      decision: 'allowed',
    });
  });
});

test('an ARN that only contains that of an AWS resource can be changed', () => {
  const put = (name: string): object =>
    decide({
      action: 's3:PutObject',
      resource: `arn:aws:s3:::home/${name}`,
      identityPolicies: [policy(ALL)],
    });
  expect(put('arn:aws:iam::aws:policy/ReadOnlyAccess')).toMatchObject({ decision: 'allowed' });
  expect(put(`arn:aws:iam::${ACCOUNT}:role/aws-reserved/x`)).toMatchObject({ decision: 'allowed' });
});

test('sts:GetCallerIdentity is allowed whatever is denied, and the granting statements are named', () => {
  const ask = { action: 'sts:GetCallerIdentity', resource: '*' };
  const deny = { ...ALL, Effect: 'Deny' };
  expect(decide(ask)).toMatchObject({ decision: 'allowed', blockedBy: null, statements: [] });
  expect(decide({ ...ask, identityPolicies: [policy(ALL, deny)] })).toMatchObject({
    decision: 'allowed',
    statements: [{ statement: 0, effect: 'Allow' }],
  });
});
