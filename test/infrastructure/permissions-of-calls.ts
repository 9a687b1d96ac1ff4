import type { Asks } from './grants.ts';
import { ACCOUNT, ORGANIZATION, REGION, RESOURCES, type RecordedCall } from './recorded-calls.ts';

const object = ({ Bucket, Key }: RecordedCall['input']): string => `arn:aws:s3:::${Bucket}/${Key}`;
const ssm = (rest: string): string => `arn:aws:ssm:${REGION}:${ACCOUNT}:${rest}`;
/** Of the management account; a delegation policy allows other accounts in the same form. */
const organizations = (account: string, rest: string): string => `arn:aws:organizations::${account}:${rest}`;
const target = (account: string, id: unknown): string =>
  organizations(account, `${kindOf(String(id))}/o-exampleorgid/${id}`);
const kindOf = (id: string): string => {
  if (id.startsWith('r-')) return 'root';
  return id.startsWith('ou-') ? 'ou' : 'account';
};
const queue = ({ QueueUrl }: RecordedCall['input']): string =>
  `arn:aws:sqs:${REGION}:${ACCOUNT}:${String(QueueUrl).split('/').at(-1)}`;
const ses = (rest: string): string => `arn:aws:ses:${REGION}:${ACCOUNT}:${rest}`;

const asksEach = (action: string, resources: readonly string[]): readonly Asks[] =>
  resources.map((resource) => ({ action, resource }));
const ssoAccount = (id: unknown): string => `arn:aws:sso:::account/${id}`;
/** Of the management account, which allows others by its own rule. */
const directory = (account: string, id: unknown): string =>
  `arn:aws:identitystore::${account}:identitystore/${id}`;

type AsksOf = (input: RecordedCall['input'], account: string) => readonly Asks[];

const eks = (account: string, operation: string, rest: string): Asks => ({
  action: `eks:${operation}`,
  resource: `arn:aws:eks:${REGION}:${account}:${rest}`,
});

const ofWindow =
  (action: string): AsksOf =>
  ({ WindowId }, account) => [
    { action, resource: ssm(`maintenancewindow/${WindowId}`).replace(ACCOUNT, account) },
  ];

/**
 * Calls that need something other than the action with their name on no resource.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
const ASKS: Readonly<Record<string, AsksOf>> = {
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: needs no permission
  'sts GetCallerIdentity': () => [],
  'sts AssumeRole': ({ RoleArn, ExternalId }) => [
    {
      action: 'sts:AssumeRole',
      resource: String(RoleArn),
      context: { 'sts:ExternalId': String(ExternalId), 'aws:ResourceOrgID': ORGANIZATION },
    },
  ],
  'iam GetPolicy': ({ PolicyArn }) => [{ action: 'iam:GetPolicy', resource: String(PolicyArn) }],
  'iam GetPolicyVersion': ({ PolicyArn }) => [
    { action: 'iam:GetPolicyVersion', resource: String(PolicyArn) },
  ],
  'ec2 GetManagedPrefixListEntries': ({ PrefixListId }, account) => [
    {
      action: 'ec2:GetManagedPrefixListEntries',
      resource: `arn:aws:ec2:${REGION}:${account}:prefix-list/${PrefixListId}`,
    },
  ],
  'ec2 DescribeImageAttribute': ({ ImageId }) => [
    { action: 'ec2:DescribeImageAttribute', resource: `arn:aws:ec2:${REGION}::image/${ImageId}` },
  ],
  'ec2 DescribeSnapshotAttribute': ({ SnapshotId }) => [
    { action: 'ec2:DescribeSnapshotAttribute', resource: `arn:aws:ec2:${REGION}::snapshot/${SnapshotId}` },
  ],
  'ssm GetDocument': ({ Name }, account) => [
    { action: 'ssm:GetDocument', resource: ssm(`document/${Name}`).replace(ACCOUNT, account) },
  ],
  // the association alone: its document and instance are needed as well if they identify it
  'ssm DescribeAssociation': ({ AssociationId }, account) => [
    {
      action: 'ssm:DescribeAssociation',
      resource: ssm(`association/${AssociationId}`).replace(ACCOUNT, account),
    },
  ],
  'ssm DescribeMaintenanceWindowTargets': ofWindow('ssm:DescribeMaintenanceWindowTargets'),
  'ssm DescribeMaintenanceWindowTasks': ofWindow('ssm:DescribeMaintenanceWindowTasks'),
  'ssm GetServiceSetting': ({ SettingId }, account) => [
    {
      action: 'ssm:GetServiceSetting',
      resource: ssm(`servicesetting${SettingId}`).replace(ACCOUNT, account),
    },
  ],
  'organizations ListParents': ({ ChildId }, account) => [
    { action: 'organizations:ListParents', resource: target(account, ChildId) },
  ],
  'organizations ListAccountsForParent': ({ ParentId }, account) => [
    { action: 'organizations:ListAccountsForParent', resource: target(account, ParentId) },
  ],
  'organizations ListOrganizationalUnitsForParent': ({ ParentId }, account) => [
    { action: 'organizations:ListOrganizationalUnitsForParent', resource: target(account, ParentId) },
  ],
  'organizations ListPoliciesForTarget': ({ TargetId }, account) => [
    { action: 'organizations:ListPoliciesForTarget', resource: target(account, TargetId) },
  ],
  'organizations DescribeOrganizationalUnit': ({ OrganizationalUnitId }, account) => [
    { action: 'organizations:DescribeOrganizationalUnit', resource: target(account, OrganizationalUnitId) },
  ],
  'organizations DescribeAccount': ({ AccountId }, account) => [
    { action: 'organizations:DescribeAccount', resource: target(account, AccountId) },
  ],
  'organizations ListTargetsForPolicy': ({ PolicyId }, account) => [
    {
      action: 'organizations:ListTargetsForPolicy',
      resource: organizations(account, `policy/o-exampleorgid/service_control_policy/${PolicyId}`),
    },
  ],
  'organizations DescribePolicy': ({ PolicyId }, account) => [
    {
      action: 'organizations:DescribePolicy',
      resource: organizations(account, `policy/o-exampleorgid/service_control_policy/${PolicyId}`),
    },
  ],
  'sso-admin ListInstances': () => [{ action: 'sso:ListInstances', resource: '*' }],
  'sso-admin ListPermissionSetsProvisionedToAccount': ({ AccountId, InstanceArn }) =>
    asksEach('sso:ListPermissionSetsProvisionedToAccount', [ssoAccount(AccountId), String(InstanceArn)]),
  'sso-admin DescribePermissionSet': ({ InstanceArn, PermissionSetArn }) =>
    asksEach('sso:DescribePermissionSet', [String(InstanceArn), String(PermissionSetArn)]),
  'sso-admin ListAccountAssignments': ({ AccountId, InstanceArn, PermissionSetArn }) =>
    asksEach('sso:ListAccountAssignments', [
      ssoAccount(AccountId),
      String(InstanceArn),
      String(PermissionSetArn),
    ]),
  'identitystore ListGroups': ({ IdentityStoreId }, account) =>
    asksEach('identitystore:ListGroups', [
      directory(account, IdentityStoreId),
      'arn:aws:identitystore:::group/*',
    ]),
  'identitystore ListUsers': ({ IdentityStoreId }, account) =>
    asksEach('identitystore:ListUsers', [
      directory(account, IdentityStoreId),
      'arn:aws:identitystore:::user/*',
    ]),
  'identitystore ListGroupMemberships': ({ IdentityStoreId, GroupId }, account) =>
    asksEach('identitystore:ListGroupMemberships', [
      directory(account, IdentityStoreId),
      `arn:aws:identitystore:::group/${GroupId}`,
      'arn:aws:identitystore:::membership/*',
    ]),
  // without a name it is about all
  'cloudformation DescribeStacks': (_, account) => [
    {
      action: 'cloudformation:DescribeStacks',
      resource: `arn:aws:cloudformation:${REGION}:${account}:stack/*/*`,
    },
  ],
  'ecs ListContainerInstances': ({ cluster }, account) => [
    { action: 'ecs:ListContainerInstances', resource: String(cluster).replace(ACCOUNT, account) },
  ],
  'ecs DescribeContainerInstances': ({ containerInstances }, account) =>
    (containerInstances as string[]).map((arn) => ({
      action: 'ecs:DescribeContainerInstances',
      resource: arn.replace(ACCOUNT, account),
    })),
  'codedeploy ListDeploymentGroups': ({ applicationName }, account) => [
    {
      action: 'codedeploy:ListDeploymentGroups',
      resource: `arn:aws:codedeploy:${REGION}:${account}:application:${applicationName}`,
    },
  ],
  'codedeploy BatchGetDeploymentGroups': ({ applicationName, deploymentGroupNames }, account) =>
    (deploymentGroupNames as string[]).map((name) => ({
      action: 'codedeploy:BatchGetDeploymentGroups',
      resource: `arn:aws:codedeploy:${REGION}:${account}:deploymentgroup:${applicationName}/${name}`,
    })),
  'eks DescribeCluster': ({ name }, account) => [eks(account, 'DescribeCluster', `cluster/${name}`)],
  'eks ListAccessEntries': ({ clusterName }, account) => [
    eks(account, 'ListAccessEntries', `cluster/${clusterName}`),
  ],
  'eks ListAssociatedAccessPolicies': ({ clusterName }, account) => [
    eks(account, 'ListAssociatedAccessPolicies', `access-entry/${clusterName}/role/${account}/admin/0a1b`),
  ],
  'stepfunctions ListStateMachines': () => [{ action: 'states:ListStateMachines', resource: '*' }],
  'stepfunctions DescribeStateMachine': ({ stateMachineArn }, account) => [
    { action: 'states:DescribeStateMachine', resource: String(stateMachineArn).replace(ACCOUNT, account) },
  ],
  'codebuild BatchGetProjects': ({ names }, account) =>
    (names as string[]).map((name) => ({
      action: 'codebuild:BatchGetProjects',
      resource: `arn:aws:codebuild:${REGION}:${account}:project/${name}`,
    })),
  'events ListRules': () => [{ action: 'events:ListRules', resource: '*' }],
  'events ListTargetsByRule': ({ Rule }, account) => [
    { action: 'events:ListTargetsByRule', resource: `arn:aws:events:${REGION}:${account}:rule/${Rule}` },
  ],
  'codepipeline GetPipeline': ({ name }, account) => [
    { action: 'codepipeline:GetPipeline', resource: `arn:aws:codepipeline:${REGION}:${account}:${name}` },
  ],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
  's3 GetObject': (input) => [{ action: 's3:GetObject', resource: object(input) }],
  's3 HeadObject': (input) => [{ action: 's3:GetObject', resource: object(input) }],
  's3 DeleteObject': (input) => [{ action: 's3:DeleteObject', resource: object(input) }],
  's3 PutObject': (input) => [
    { action: 's3:PutObject', resource: object(input) },
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html: If-Match reads
    ...('IfMatch' in input ? [{ action: 's3:GetObject', resource: object(input) }] : []),
  ],
  's3 ListObjectsV2': ({ Bucket }) => [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${Bucket}` }],
  // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  'sns Publish': ({ TopicArn }) => [
    { action: 'sns:Publish', resource: String(TopicArn) },
    ...['kms:GenerateDataKey', 'kms:Decrypt'].map((action) => ({
      action,
      resource: `arn:aws:kms:${REGION}:${ACCOUNT}:key/TopicKey`,
    })),
  ],
  'sns GetTopicAttributes': ({ TopicArn }) => [
    { action: 'sns:GetTopicAttributes', resource: String(TopicArn) },
  ],
  'sqs SendMessage': (input) => [{ action: 'sqs:SendMessage', resource: queue(input) }],
  'sqs ChangeMessageVisibility': (input) => [
    { action: 'sqs:ChangeMessageVisibility', resource: queue(input) },
  ],
  // a raw message is authorised as the v1 action, for the identity and for its default configuration set
  'sesv2 SendEmail': ({ FromEmailAddress, FromEmailAddressIdentityArn }) => {
    const own = [`identity/${RESOURCES.sender}`, 'identity/example.com'].map(ses);
    const other = FromEmailAddressIdentityArn === undefined ? [] : [String(FromEmailAddressIdentityArn)];
    return [...(other.length > 0 ? other : own), ses('configuration-set/any')].map((resource) => ({
      action: 'ses:SendRawEmail',
      resource,
      // the identity's own policy, which the other account writes, is not checked here
      resourceAccount: ACCOUNT,
      context: { 'ses:FromAddress': String(FromEmailAddress) },
    }));
  },
};

/** The permissions that AWS requires of the caller of a call in `account`. */
export function permissionsOf(
  { service, operation, input }: RecordedCall,
  account = ACCOUNT,
): readonly Asks[] {
  const asks = ASKS[`${service} ${operation}`];
  if (asks !== undefined) return asks(input, account);
  return [{ action: `${service}:${operation}`, resource: '*' }];
}
