import { expect, test } from 'vitest';
import { allowedPrincipals } from '../../lib/policy/allowed-principals.ts';
import { parsePolicy } from '../../lib/policy/document.ts';

const named = (...statements: readonly object[]): readonly string[] => {
  const Statement = statements.map((one) => ({ Action: 'sts:AssumeRole', ...one }));
  const { statements: parsed } = parsePolicy({ Version: '2012-10-17', Statement }, 'trust');
  return allowedPrincipals(parsed).flatMap(({ any, aws, service }) => [
    ...(any ? ['any'] : []),
    ...aws,
    ...service,
  ]);
};

test('the principals of Allows count, those of Denies do not', () => {
  const lambda = { Service: 'lambda.amazonaws.com' };
  expect(named({ Effect: 'Allow', Principal: lambda })).toEqual(['lambda.amazonaws.com']);
  expect(named({ Effect: 'Allow', Principal: '*' })).toEqual(['any']);
  expect(named({ Effect: 'Deny', Principal: lambda })).toEqual([]);
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
test('an Allow with NotPrincipal lets in nobody', () => {
  const account = { AWS: '111122223333' };
  expect(named({ Effect: 'Allow', NotPrincipal: account })).toEqual([]);
  expect(named({ Effect: 'Allow', NotPrincipal: account }, { Effect: 'Allow', Principal: account })).toEqual([
    '111122223333',
  ]);
});
