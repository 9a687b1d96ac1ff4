import { expect, test } from 'vitest';
import type { PolicyChange } from '../../lib/findings/fix.ts';
import { commandsOf } from '../../lib/fixes/commands.ts';

const document = { Version: '2012-10-17', Statement: [] };
const TEXT = `'{"Version":"2012-10-17","Statement":[]}'`;
const user = 'arn:aws:iam::111122223333:user/teams/mia';
const set =
  'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef';
const policy = 'arn:aws:iam::111122223333:policy/Run';
const SET = `--instance-arn "$INSTANCE_ARN" --permission-set-arn '<ARN of permission set Ops>'`;

test.each<[PolicyChange, string]>([
  [
    { type: 'put-policy', policy, document },
    `aws iam create-policy-version --policy-arn ${policy} --set-as-default --policy-document ${TEXT}`,
  ],
  [
    { type: 'put-inline-policy', principal: user, policy: "it's", document },
    `aws iam put-user-policy --user-name mia --policy-name 'it'\\''s' --policy-document ${TEXT}`,
  ],
  [
    { type: 'put-inline-policy', principal: set, policy: 'AwsSSOInlinePolicy', document },
    `aws sso-admin put-inline-policy-to-permission-set ${SET} --inline-policy ${TEXT}`,
  ],
  [
    { type: 'delete-inline-policy', principal: user, policy: '--all' },
    'aws iam delete-user-policy --user-name mia --policy-name=--all',
  ],
  [
    { type: 'delete-inline-policy', principal: set, policy: 'AwsSSOInlinePolicy' },
    `aws sso-admin delete-inline-policy-from-permission-set ${SET}`,
  ],
  [
    { type: 'detach-policy', principal: 'arn:aws:iam::111122223333:group/ops', policy },
    `aws iam detach-group-policy --group-name ops --policy-arn ${policy}`,
  ],
  [
    { type: 'detach-policy', principal: set, policy },
    `aws sso-admin detach-managed-policy-from-permission-set ${SET} --managed-policy-arn ${policy}`,
  ],
  [
    { type: 'put-trust', role: 'arn:aws:iam::111122223333:role/Web', document },
    `aws iam update-assume-role-policy --role-name Web --policy-document ${TEXT}`,
  ],
  [
    { type: 'delete-inline-policy', principal: user, policy: 'a\u202eb' },
    '# a name in this change hides characters: make it by hand, as `change` has it',
  ],
])('%j', (change, line) => {
  expect(commandsOf([change])).toEqual([line]);
});
