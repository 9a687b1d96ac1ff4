import { expect, test } from 'vitest';
import { accountSources } from '../../functions/account-sources.ts';
import { failureText } from '../../lib/pipeline/account-failure.ts';

test('an account that needs a role which the settings do not name fails with the setting to make', () => {
  const sourceOf = accountSources({
    ...{ AWS_REGION: 'us-east-1', ACCOUNT_ID: '111122223333', PARTITION: 'aws', REGIONS: [] },
    ...{ MEMBER_ROLE_NAME: '', EXTERNAL_ID: '' },
  });
  let thrown: Error | null = null;
  try {
    sourceOf('444455556666');
  } catch (error) {
    thrown = error as Error;
  }
  const { failure, next } = failureText({
    ...{ step: 'collect', error: thrown?.name ?? '' },
    cause: JSON.stringify({ errorType: thrown?.name, errorMessage: thrown?.message }),
  });
  expect(failure).toContain(
    'the deployment names no role for other accounts (NoMemberRole: account `444455556666`',
  );
  expect(next).toContain('set `MemberRoleName`');
});
