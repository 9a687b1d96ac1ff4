import type { RegionSnapshot, Snapshot } from './snapshot.ts';

/** The call that lists principals and their policies. */
export const IAM_CALL = 'iam.get-account-authorization-details';

/** The call that reads guardrails. */
export const ORGANIZATION_CALL = 'organizations.effective-policies';

/** The call for each part of a region. A field of a region without a row here does not compile. */
export const REGION_CALLS: Readonly<Record<Exclude<keyof RegionSnapshot, 'region'>, string>> = {
  instances: 'ec2.describe-instances',
  securityGroups: 'ec2.describe-security-groups',
  connectEndpoints: 'ec2.describe-instance-connect-endpoints',
  serialConsoleEnabled: 'ec2.get-serial-console-access-status',
  managedInstances: 'ssm.describe-instance-information',
  sessionPreferences: 'ssm.get-document',
  documents: 'ssm.list-documents',
  documentContents: 'ssm.get-document-contents',
  associations: 'ssm.list-associations',
  associationDetails: 'ssm.describe-association',
  maintenanceWindows: 'ssm.describe-maintenance-windows',
  windowTargets: 'ssm.describe-maintenance-window-targets',
  windowTasks: 'ssm.describe-maintenance-window-tasks',
  volumes: 'ec2.describe-volumes',
  prefixLists: 'ec2.describe-managed-prefix-lists',
  prefixListEntries: 'ec2.get-managed-prefix-list-entries',
  publicAccessBlocks: 'ec2.describe-vpc-block-public-access-options',
  publicAccessExclusions: 'ec2.describe-vpc-block-public-access-exclusions',
  autoScalingGroups: 'autoscaling.describe-auto-scaling-groups',
  stacks: 'cloudformation.describe-stacks',
  ecsClusters: 'ecs.list-clusters',
  containerInstances: 'ecs.describe-container-instances',
  containerServices: 'ecs.list-services',
  deployApplications: 'deploy.list-applications',
  deploymentGroups: 'deploy.batch-get-deployment-groups',
  eksClusters: 'eks.list-clusters',
  kubernetesClusters: 'eks.describe-cluster',
  accessEntries: 'eks.list-access-entries',
  accessPolicies: 'eks.list-associated-access-policies',
  functions: 'lambda.list-functions',
  stateMachines: 'stepfunctions.list-state-machines',
  stateMachineRoles: 'stepfunctions.describe-state-machine',
  pipelines: 'codepipeline.list-pipelines',
  pipelineDeployments: 'codepipeline.get-pipeline',
  protectedResources: 'backup.list-protected-resources',
  buildProjects: 'codebuild.batch-get-projects',
  eventRules: 'events.list-rules',
  ruleCommands: 'events.list-targets-by-rule',
};

export type RegionField = keyof typeof REGION_CALLS;

export const REGION_FIELDS = Object.keys(REGION_CALLS) as readonly RegionField[];

/** A region without any data. */
export const unknownRegion = (region: string): RegionSnapshot => ({
  region,
  ...(Object.fromEntries(REGION_FIELDS.map((field) => [field, null])) as Omit<RegionSnapshot, 'region'>),
});

const isGuardrail = ({ kind }: { readonly kind: string }): boolean => kind === 'scp' || kind === 'rcp';

/** What the call of IAM gives. */
export type IamPart = Pick<Snapshot, 'users' | 'groups' | 'roles' | 'instanceProfiles' | 'policies'>;

export const EMPTY_IAM: IamPart = { users: [], groups: [], roles: [], instanceProfiles: [], policies: [] };

export function iamPart({ users, groups, roles, instanceProfiles, policies }: Snapshot): IamPart {
  return {
    users,
    groups,
    roles,
    instanceProfiles,
    policies: policies.filter((policy) => !isGuardrail(policy)),
  };
}

/** What the call of Organizations gives. */
export type OrganizationPart = Pick<Snapshot, 'organization' | 'policies'>;

export const organizationPart = ({ organization, policies }: Snapshot): OrganizationPart => ({
  organization,
  policies: policies.filter(isGuardrail),
});

/** A call in one place, as its file is named: `us-east-1/ec2.describe-instances`. */
export const placeOf = (entry: { readonly call: string; readonly region: string | null }): string =>
  `${entry.region === null ? '' : `${entry.region}/`}${entry.call}`;

/** The place of a problem: the start of its path; after a further dot comes the subject of the call. */
export const problemPlace = (path: string): string =>
  path.split(' ', 1)[0]?.replace(/^((?:[^/]*\/)?[^.]*\.[^.]*).*$/, '$1') ?? '';
