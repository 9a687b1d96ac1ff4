/** A statement of the collecting role's policy; rows of the table name its actions. */
export interface GrantStatement {
  readonly sid: string;
  /** the comment above it */
  readonly why: string;
  /** ARNs for CloudFormation's `!Sub`; empty: AWS has no resource type for these actions */
  readonly resources: readonly string[];
}

export interface CallGrant {
  readonly statement: GrantStatement;
  readonly actions: readonly string[];
}

export const grant = (statement: GrantStatement, ...actions: readonly string[]): readonly CallGrant[] => [
  { statement, actions },
];

const arn = (rest: string): string => `arn:\${AWS::Partition}:${rest}`;
/** of the account itself, in every region */
const own = (service: string, rest: string): string => arn(`${service}:*:\${AWS::AccountId}:${rest}`);

export const IDENTITIES: GrantStatement = {
  sid: 'Identities',
  why: 'Users, groups, roles, their policies, and who has MFA and keys. These actions take no resource.',
  resources: [],
};

export const MISSING_POLICIES: GrantStatement = {
  sid: 'MissingPolicies',
  why: "Managed policies that the list leaves out. The ARNs of AWS's own have the account `aws`.",
  resources: [arn('iam::*:policy/*')],
};

export const FLEET: GrantStatement = {
  sid: 'Fleet',
  why: 'Instances, their network and disks, and the settings of the account. These actions take no resource.',
  resources: [],
};

export const PREFIX_LISTS: GrantStatement = {
  sid: 'PrefixLists',
  why: "The addresses in the prefix lists of security group rules. The ARNs of AWS's own lists have the account `aws`.",
  resources: [arn('ec2:*:*:prefix-list/*')],
};

export const SHARED_DISKS: GrantStatement = {
  sid: 'SharedDisks',
  why: "Which other accounts may use the account's images and snapshots.",
  resources: [arn('ec2:*::image/*'), arn('ec2:*::snapshot/*')],
};

export const MANAGED_INSTANCES: GrantStatement = {
  sid: 'ManagedInstances',
  why: "What Systems Manager manages and runs, and which documents are the account's own. These actions take no resource.",
  resources: [],
};

export const DOCUMENTS: GrantStatement = {
  sid: 'Documents',
  why: "Session Manager's preferences, and what the account's own documents do, in every region.",
  resources: [own('ssm', 'document/*')],
};

export const ASSOCIATIONS: GrantStatement = {
  sid: 'Associations',
  why: 'What State Manager runs. AWS also authorises the document and the instance of the association.',
  resources: [own('ssm', 'association/*'), own('ssm', 'document/*'), own('ec2', 'instance/*')],
};

export const WINDOWS: GrantStatement = {
  sid: 'MaintenanceWindows',
  why: 'What maintenance windows run, and on which instances.',
  resources: [own('ssm', 'maintenancewindow/*')],
};

export const SERVICES: GrantStatement = {
  sid: 'Services',
  why: 'Which other services run something on instances or replace them, and with which roles. None of these actions needs a resource.',
  resources: [],
};

export const STACKS: GrantStatement = {
  sid: 'Stacks',
  why: 'Stacks and the roles that they use.',
  resources: [own('cloudformation', 'stack/*')],
};

export const CLUSTERS: GrantStatement = {
  sid: 'Clusters',
  why: 'Which instances run the containers of a cluster, and who has access to it.',
  resources: [
    own('ecs', 'cluster/*'),
    own('ecs', 'container-instance/*'),
    own('eks', 'cluster/*'),
    own('eks', 'access-entry/*'),
  ],
};

export const DEPLOYMENTS: GrantStatement = {
  sid: 'Deployments',
  why: 'Which instances CodeDeploy deploys to.',
  resources: [own('codedeploy', 'application:*'), own('codedeploy', 'deploymentgroup:*')],
};

export const PIPELINES: GrantStatement = {
  sid: 'Pipelines',
  why: 'Which instances a pipeline deploys to. Its ARN is only a name, without a type before it.',
  resources: [own('codepipeline', '*')],
};

export const BUILDS: GrantStatement = {
  sid: 'Builds',
  why: 'The roles that builds use.',
  resources: [own('codebuild', 'project/*')],
};

export const RULES: GrantStatement = {
  sid: 'Rules',
  why: 'What EventBridge rules run on instances.',
  resources: [own('events', 'rule/*')],
};

export const STATE_MACHINES: GrantStatement = {
  sid: 'StateMachines',
  why: 'The roles that state machines use.',
  resources: [own('states', 'stateMachine:*')],
};

export const HOST_MANAGEMENT: GrantStatement = {
  sid: 'HostManagement',
  why: 'Whether Systems Manager manages instances without a profile, in every region.',
  resources: [own('ssm', 'servicesetting/ssm/managed-instance/default-ec2-instance-management-role')],
};

export const ORGANIZATION: GrantStatement = {
  sid: 'Organization',
  why: 'Whether there is an organisation. These actions take no resource.',
  resources: [],
};

export const GUARDRAILS: GrantStatement = {
  sid: 'Guardrails',
  why: 'Guardrails: the levels above the account, the policies attached to each, and their documents.',
  resources: [
    arn('organizations::*:root/*'),
    arn('organizations::*:ou/*'),
    arn('organizations::*:account/*'),
    arn('organizations::*:policy/*'),
    arn('organizations::aws:policy/*'),
  ],
};

export const IDENTITY_CENTER: GrantStatement = {
  sid: 'IdentityCenter',
  why: 'The instance of IAM Identity Center, and which accounts manage it. These actions take no resource.',
  resources: [],
};

export const PERMISSION_SETS: GrantStatement = {
  sid: 'PermissionSets',
  why: 'Who permission sets are assigned to. AWS answers only the management account and the delegated administrator of IAM Identity Center.',
  resources: [arn('sso:::instance/*'), arn('sso:::permissionSet/*'), arn('sso:::account/*')],
};

export const DIRECTORY: GrantStatement = {
  sid: 'Directory',
  why: 'Who is in the groups that permission sets are assigned to. The directory belongs to the management account.',
  resources: [
    arn('identitystore::*:identitystore/*'),
    arn('identitystore:::group/*'),
    arn('identitystore:::user/*'),
    arn('identitystore:::membership/*'),
  ],
};
