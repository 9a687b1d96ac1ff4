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

const PROVISION = `aws sso-admin provision-permission-set ${SET} --target-type ALL_PROVISIONED_ACCOUNTS`;

test.each<[PolicyChange, ...string[]]>([
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
    PROVISION,
  ],
  [
    { type: 'delete-inline-policy', principal: user, policy: '--all' },
    'aws iam delete-user-policy --user-name mia --policy-name=--all',
  ],
  [
    { type: 'delete-inline-policy', principal: set, policy: 'AwsSSOInlinePolicy' },
    `aws sso-admin delete-inline-policy-from-permission-set ${SET}`,
    PROVISION,
  ],
  [
    { type: 'detach-policy', principal: 'arn:aws:iam::111122223333:group/ops', policy },
    `aws iam detach-group-policy --group-name ops --policy-arn ${policy}`,
  ],
  [
    { type: 'detach-policy', principal: set, policy: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    `aws sso-admin detach-managed-policy-from-permission-set ${SET} --managed-policy-arn arn:aws:iam::aws:policy/AdministratorAccess`,
    PROVISION,
  ],
  [
    { type: 'detach-policy', principal: set, policy: policy.replace('Run', 'ops/Run') },
    `aws sso-admin detach-customer-managed-policy-reference-from-permission-set ${SET} --customer-managed-policy-reference '{"Name":"Run","Path":"/ops/"}'`,
    PROVISION,
  ],
  [
    { type: 'put-trust', role: 'arn:aws:iam::111122223333:role/Web', document },
    `aws iam update-assume-role-policy --role-name Web --policy-document ${TEXT}`,
  ],
  [
    { type: 'remove-from-group', user, group: 'arn:aws:iam::111122223333:group/teams/ops' },
    'aws iam remove-user-from-group --user-name mia --group-name ops',
  ],
  [
    { type: 'delete-inline-policy', principal: user, policy: 'a\u202eb' },
    '# a name in this change hides characters: make it by hand, as `change` has it',
  ],
])('%j', (change, ...lines) => {
  expect(commandsOf([change])).toEqual(lines);
});

test('a permission set that was read is named by its ARN, and provisioned once', () => {
  const [instance, arn] = ['arn:aws:sso:::instance/ssoins-1', 'arn:aws:sso:::permissionSet/ssoins-1/ps-1'];
  const center = {
    instance: { arn: instance, storeId: 'd-1' },
    permissionSets: [{ arn, name: 'Ops', groups: null, people: null }],
    groups: [],
    people: [],
  };
  const changes: readonly PolicyChange[] = [
    { type: 'detach-policy', principal: set, policy },
    { type: 'delete-inline-policy', principal: set, policy: 'AwsSSOInlinePolicy' },
    { type: 'delete-inline-policy', principal: user, policy: 'own' },
  ];
  const options = `--instance-arn ${instance} --permission-set-arn ${arn}`;
  expect(commandsOf(changes, center)).toEqual([
    `aws sso-admin detach-customer-managed-policy-reference-from-permission-set ${options} --customer-managed-policy-reference '{"Name":"Run","Path":"/"}'`,
    `aws sso-admin delete-inline-policy-from-permission-set ${options}`,
    'aws iam delete-user-policy --user-name mia --policy-name own',
    `aws sso-admin provision-permission-set ${options} --target-type ALL_PROVISIONED_ACCOUNTS`,
  ]);
});
