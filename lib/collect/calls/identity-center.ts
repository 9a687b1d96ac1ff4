import { type AwsCall, BASE, type OwnArgument } from '../aws-call.ts';
import { DIRECTORY, grant, IDENTITY_CENTER, PERMISSION_SETS } from '../grants.ts';

const CENTRAL = { ...BASE, scope: 'global', reader: 'global' } as const;

const ids = (most: number, ...names: readonly string[]): OwnArgument => ({ kind: 'ids', ids: names, most });

/** AWS's own limit of permission sets in an account. https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html */
const MOST_SETS = 500;
const MOST_GROUPS = 500;

/**
 * The holders of an account's permission sets. Requested only if the account has roles of permission sets. These calls
 * work in the management account and in the delegated administrator of IAM Identity Center, in its home region.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html
 */
export const IDENTITY_CENTER_CALLS: readonly AwsCall[] = [
  {
    ...CENTRAL,
    service: 'sso-admin',
    operation: 'list-instances',
    lists: ['Instances'],
    grants: grant(IDENTITY_CENTER, 'sso:ListInstances'),
    purpose:
      'the instance of IAM Identity Center; this call and the next six work only in the home region of Identity Center. They are made if the account has roles of permission sets',
  },
  {
    ...CENTRAL,
    service: 'sso-admin',
    operation: 'list-permission-sets-provisioned-to-account',
    argument: ids(10, 'AccountId', 'InstanceArn'),
    lists: ['PermissionSets'],
    options: '--account-id <AccountId> --instance-arn <InstanceArn>',
    grants: grant(PERMISSION_SETS, 'sso:ListPermissionSetsProvisionedToAccount'),
    purpose:
      'the permission sets of the account; the ARN percent-encoded, as in the names of the next two files',
  },
  {
    ...CENTRAL,
    service: 'sso-admin',
    operation: 'describe-permission-set',
    argument: ids(MOST_SETS, 'PermissionSetArn'),
    options: '--permission-set-arn <PermissionSetArn> --instance-arn <InstanceArn>',
    grants: grant(PERMISSION_SETS, 'sso:DescribePermissionSet'),
    purpose: 'the name of a permission set, which is part of the name of its role',
  },
  {
    ...CENTRAL,
    service: 'sso-admin',
    operation: 'list-account-assignments',
    argument: ids(MOST_SETS, 'AccountId', 'PermissionSetArn'),
    lists: ['AccountAssignments'],
    options: '--account-id <AccountId> --permission-set-arn <PermissionSetArn> --instance-arn <InstanceArn>',
    grants: grant(PERMISSION_SETS, 'sso:ListAccountAssignments'),
    purpose: 'the groups and the people that a permission set is assigned to in the account',
  },
  {
    ...CENTRAL,
    service: 'identitystore',
    operation: 'list-groups',
    argument: ids(10, 'IdentityStoreId'),
    lists: ['Groups'],
    options: '--identity-store-id <IdentityStoreId>',
    grants: grant(DIRECTORY, 'identitystore:ListGroups'),
    purpose: 'the names of these groups',
  },
  {
    ...CENTRAL,
    service: 'identitystore',
    operation: 'list-users',
    argument: ids(10, 'IdentityStoreId'),
    lists: ['Users'],
    options: '--identity-store-id <IdentityStoreId>',
    grants: grant(DIRECTORY, 'identitystore:ListUsers'),
    purpose:
      'the sign-in names of people. Nothing else about them is read: `UserId` and `UserName` are enough in the file',
  },
  {
    ...CENTRAL,
    service: 'identitystore',
    operation: 'list-group-memberships',
    argument: ids(MOST_GROUPS, 'IdentityStoreId', 'GroupId'),
    lists: ['GroupMemberships'],
    options: '--identity-store-id <IdentityStoreId> --group-id <GroupId>',
    grants: grant(DIRECTORY, 'identitystore:ListGroupMemberships'),
    purpose: 'the members of such a group',
  },
  {
    ...CENTRAL,
    service: 'organizations',
    operation: 'list-delegated-administrators',
    lists: ['DelegatedAdministrators'],
    options: '--service-principal sso.amazonaws.com',
    grants: grant(IDENTITY_CENTER, 'organizations:ListDelegatedAdministrators'),
    purpose:
      'the accounts that manage IAM Identity Center besides the management account; read only if another account read the permission sets',
  },
];
