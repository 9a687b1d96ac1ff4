import { expect, test } from 'vitest';
import { kindsOfSnapshot } from '../../lib/findings/principal-kinds.ts';
import { ACCOUNT_ID, account } from '../fixtures/account.ts';

// a change names who was deleted, and the snapshot after it does not have them
test.each([
  ['a user', `arn:aws:iam::${ACCOUNT_ID}:user/gone`, 'person'],
  ['a role whose trust policy is gone with it', `arn:aws:iam::${ACCOUNT_ID}:role/gone`, 'person'],
  [
    'a permission set',
    `arn:aws:iam::${ACCOUNT_ID}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_1a2b3c4d5e6f7a8b`,
    'person',
  ],
  [
    'a service-linked role',
    `arn:aws:iam::${ACCOUNT_ID}:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM`,
    'aws',
  ],
  ['a user of another account', 'arn:aws:iam::444455556666:user/gone', 'outside'],
  ['another account', 'arn:aws:iam::444455556666:root', 'outside'],
])('%s that was deleted has the kind of its ARN', (_, arn, kind) => {
  expect(kindsOfSnapshot(account({}))(arn)).toBe(kind);
});
