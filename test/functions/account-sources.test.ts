import { expect, test } from 'vitest';
import { accountSources } from '../../functions/account-sources.ts';

const settings = {
  ...{ AWS_REGION: 'eu-west-1', ACCOUNT_ID: '111122223333', PARTITION: 'aws' },
  ...{ REGIONS: [] as string[], MEMBER_ROLE_NAME: '', EXTERNAL_ID: '' },
};

test('an unknown region is refused at the start, with the nearest one', () => {
  expect(() => accountSources({ ...settings, REGIONS: ['eu-west-1', 'us-est-1'] })).toThrow(
    '`us-est-1` is no region of AWS (did you mean `us-east-1`?): name one that there is',
  );
  expect(() => accountSources({ ...settings, REGIONS: ['europe'] })).toThrow('`europe` is not a region');
});

test('another account needs a role', () => {
  const sourceOf = accountSources({ ...settings, REGIONS: ['eu-west-1'] });
  expect(() => sourceOf('111122223333')).not.toThrow();
  expect(() => sourceOf('444455556666')).toThrow('`MemberRoleName`');
});
