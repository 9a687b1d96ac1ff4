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
  why: 'Users, groups, roles and their policies; whose MFA and keys there are. IAM takes no resource for these.',
  resources: [],
};

export const MISSING_POLICIES: GrantStatement = {
  sid: 'MissingPolicies',
  why: "Managed policies that the list leaves out: AWS's own are of the account `aws`.",
  resources: [arn('iam::*:policy/*')],
};

export const FLEET: GrantStatement = {
  sid: 'Fleet',
  why: 'Instances, what guards them, and the switches of the account. EC2 takes no resource for these.',
  resources: [],
};

export const PREFIX_LISTS: GrantStatement = {
  sid: 'PrefixLists',
  why: "Which addresses the lists hold that rules of security groups name; AWS's own are of the account `aws`.",
  resources: [arn('ec2:*:*:prefix-list/*')],
};

export const SHARED_DISKS: GrantStatement = {
  sid: 'SharedDisks',
  why: 'Who else may use an own image or snapshot.',
  resources: [arn('ec2:*::image/*'), arn('ec2:*::snapshot/*')],
};

export const MANAGED_INSTANCES: GrantStatement = {
  sid: 'ManagedInstances',
  why: "What Systems Manager reaches and runs, and which documents are the account's own. It takes no resource for these.",
  resources: [],
};

export const DOCUMENTS: GrantStatement = {
  sid: 'Documents',
  why: "Session Manager's preferences, and what the account's own documents do, in every region.",
  resources: [own('ssm', 'document/*')],
};

export const ASSOCIATIONS: GrantStatement = {
  sid: 'Associations',
  why: 'What State Manager runs: the association is asked about, its document and its instance, too.',
  resources: [own('ssm', 'association/*'), own('ssm', 'document/*'), own('ec2', 'instance/*')],
};

export const WINDOWS: GrantStatement = {
  sid: 'MaintenanceWindows',
  why: 'What maintenance windows run, and on which instances.',
  resources: [own('ssm', 'maintenancewindow/*')],
};

export const SERVICES: GrantStatement = {
  sid: 'Services',
  why: 'What else runs something on instances or replaces them, and with which roles. None of these needs a resource.',
  resources: [],
};

export const STACKS: GrantStatement = {
  sid: 'Stacks',
  why: 'Stacks and the roles that they act with.',
  resources: [own('cloudformation', 'stack/*')],
};

export const CLUSTERS: GrantStatement = {
  sid: 'Clusters',
  why: 'Which instances run the containers of a cluster, and whom it lets in.',
  resources: [
    own('ecs', 'cluster/*'),
    own('ecs', 'container-instance/*'),
    own('eks', 'cluster/*'),
    own('eks', 'access-entry/*'),
  ],
};

export const DEPLOYMENTS: GrantStatement = {
  sid: 'Deployments',
  why: 'Which instances are deployed to.',
  resources: [own('codedeploy', 'application:*'), own('codedeploy', 'deploymentgroup:*')],
};

export const PIPELINES: GrantStatement = {
  sid: 'Pipelines',
  why: 'Which instances a pipeline deploys to. Its ARN ends in its name, so that any may be meant.',
  resources: [own('codepipeline', '*')],
};

export const BUILDS: GrantStatement = {
  sid: 'Builds',
  why: 'The role that builds of a project act with.',
  resources: [own('codebuild', 'project/*')],
};

export const RULES: GrantStatement = {
  sid: 'Rules',
  why: 'What rules of EventBridge run on instances.',
  resources: [own('events', 'rule/*')],
};

export const STATE_MACHINES: GrantStatement = {
  sid: 'StateMachines',
  why: 'The role that a state machine acts with.',
  resources: [own('states', 'stateMachine:*')],
};

export const HOST_MANAGEMENT: GrantStatement = {
  sid: 'HostManagement',
  why: 'Whether instances without a profile are managed all the same, in every region.',
  resources: [own('ssm', 'servicesetting/ssm/managed-instance/default-ec2-instance-management-role')],
};

export const ORGANIZATION: GrantStatement = {
  sid: 'Organization',
  why: 'Whether there is an organisation. It takes no resource.',
  resources: [],
};

export const GUARDRAILS: GrantStatement = {
  sid: 'Guardrails',
  why: 'Guardrails: the levels above the account, which policies hang at each, and what they say.',
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
  why: 'Which instance of IAM Identity Center there is, and which accounts manage it. These take no resource.',
  resources: [],
};

export const PERMISSION_SETS: GrantStatement = {
  sid: 'PermissionSets',
  why: 'Whom permission sets are assigned to. AWS lets only the management account and the delegated administrator of IAM Identity Center ask.',
  resources: [arn('sso:::instance/*'), arn('sso:::permissionSet/*'), arn('sso:::account/*')],
};

export const DIRECTORY: GrantStatement = {
  sid: 'Directory',
  why: 'Who is in the groups that permission sets are assigned to: the directory is of the management account.',
  resources: [
    arn('identitystore::*:identitystore/*'),
    arn('identitystore:::group/*'),
    arn('identitystore:::user/*'),
    arn('identitystore:::membership/*'),
  ],
};
