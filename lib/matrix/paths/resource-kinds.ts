/** The common start of ARNs of a kind, and whether ids contain slashes. */
export interface ArnShape {
  readonly service: string;
  readonly type: string;
  readonly idsHavePaths?: true;
}

/** Facts about the resources of a request; `account/targets.ts` says which they are for an instance. */
export interface KindRow {
  /**
   * The facts of an instance that the resources depend on, besides its region: names in its fingerprint
   * (`classes/instance-fingerprints.ts`). Empty: the same for all instances of a region.
   */
  readonly observes: readonly string[];
  /** if there may be several: the form of their ARNs; those that no policy separates are evaluated once */
  readonly arns?: ArnShape;
  /** every one is evaluated: another list is in the same order (`ofSame`) */
  readonly paired?: true;
  /** canonical condition keys that depend on the resource */
  readonly keys?: readonly string[];
  /** the service that may assume the roles behind them */
  readonly rolesOf?: string;
}

/** The condition key for the instance that a role is passed for. */
export const PASSED_FOR = 'iam:associatedresourcearn';

const ec2 = (type: string): ArnShape => ({ service: 'ec2', type: `${type}/` });

const ssm = (type: string): ArnShape => ({ service: 'ssm', type: `${type}/`, idsHavePaths: true });

const HOST_KEYS = ['ecs:cluster', 'ecs:container-instances'];

/** Every kind of resource that paths have requests on. */
export const RESOURCE_KINDS = {
  /** actions that are never limited to a resource */
  any: { observes: [] },
  instance: { observes: ['instance'] },
  'root-volume': { observes: ['volumes'], arns: ec2('volume') },
  volumes: { observes: ['volumes'], arns: ec2('volume') },
  'security-groups': {
    observes: ['security-groups'],
    arns: ec2('security-group'),
    keys: ['ec2:vpc', 'ec2:securitygroupid'],
  },
  'network-interfaces': {
    observes: ['network-interfaces'],
    arns: ec2('network-interface'),
    keys: ['ec2:vpc', 'ec2:subnet', 'ec2:networkinterfaceid', 'ec2:availabilityzone'],
  },
  endpoints: { observes: ['endpoint', 'addresses'] },
  /** whose trust policy was not read: it may allow EC2 */
  'unread-roles': { observes: [PASSED_FOR], arns: { service: 'iam', type: 'role/', idsHavePaths: true } },
  'ec2-roles': {
    observes: [PASSED_FOR],
    arns: { service: 'iam', type: 'role/', idsHavePaths: true },
    rolesOf: 'ec2.amazonaws.com',
  },
  /** that Default Host Management may get */
  'default-host-roles': {
    observes: [],
    arns: { service: 'iam', type: 'role/', idsHavePaths: true },
    rolesOf: 'ssm.amazonaws.com',
  },
  'unread-default-host-roles': { observes: [], arns: { service: 'iam', type: 'role/', idsHavePaths: true } },
  /** under any name that a policy allows */
  'new-default-host-role': { observes: [], arns: { service: 'iam', type: 'role/', idsHavePaths: true } },
  'default-host-setting': { observes: [] },
  'new-connect-endpoint': { observes: [] },
  /** of its profile; only used for obstacles (`answers/removers.ts`) */
  'instance-role': {
    observes: ['instance-role'],
    arns: { service: 'iam', type: 'role/', idsHavePaths: true },
  },
  /** of other principals: they depend on the caller, and have separate rows (`rows/session-rows.ts`) */
  sessions: { observes: [] },
  /** of the caller */
  'own-session': { observes: [] },
  /** the KMS key for sessions with the default document, if there is one */
  'session-key': { observes: [], arns: { service: 'kms', type: 'key/' } },
  /** for each of `encrypted-session-documents`, in the same order: its key */
  'document-keys': { observes: [], arns: { service: 'kms', type: 'key/' }, paired: true },
  'new-snapshot': { observes: [] },
  'new-image': { observes: [] },
  'new-volume': { observes: [] },
  'security-group-rules': { observes: [] },
  /** AWS's own that run the caller's input */
  'command-documents': { observes: ['platform'], arns: ssm('document') },
  /** the request has no resource, but is useful only if the instance has a template */
  'template-reads': { observes: ['launch-template'] },
  'new-root-volume-task': { observes: [] },
  /**
   * those that start a shell or commands, without and with a KMS key of their own, those that forward a port, and those
   * whose content was not read
   */
  'own-session-documents': { observes: [], arns: ssm('document') },
  'encrypted-session-documents': { observes: [], arns: ssm('document'), paired: true },
  'own-port-documents': { observes: [], arns: ssm('document') },
  'unread-session-documents': { observes: [], arns: ssm('document') },
  'own-command-documents': { observes: [], arns: ssm('document') },
  /** those of them that run on the instance's platform */
  'standing-documents': { observes: ['platform'], arns: ssm('document') },
  /** under any name that a policy allows */
  'new-documents': { observes: [], arns: ssm('document') },
  /** of other accounts, which anybody may create and share */
  'foreign-documents': { observes: [] },
  'new-association': { observes: [] },
  /** AWS chooses the ids, so policies name all or none */
  associations: { observes: [], arns: ssm('association') },
  windows: { observes: [], arns: ssm('maintenancewindow') },
  'window-tasks': { observes: [], arns: ssm('windowtask') },
  'new-window': { observes: [] },
  /** of the account, with a parameter that becomes a command */
  'commanding-documents': { observes: ['platform'], arns: ssm('document') },
  /**
   * that an association or a maintenance window task runs on the instance, in its newest or default version
   */
  'latest-documents': { observes: ['run-documents'], arns: ssm('document') },
  'default-documents': { observes: ['run-documents'], arns: ssm('document') },
  /** that deploy to it, in any region */
  'deploying-pipelines': {
    observes: ['pipelines'],
    arns: { service: 'codepipeline', type: '', idsHavePaths: true },
    keys: ['aws:requestedregion'],
  },
  /** of the instance or its disks, by the form of the copy in AWS Backup */
  'backup-images': { observes: ['backup-images'], arns: ec2('image') },
  'backup-snapshots': { observes: ['backup-snapshots'], arns: ec2('snapshot') },
  'backup-points': {
    observes: ['backup-points'],
    arns: { service: 'backup', type: 'recovery-point:', idsHavePaths: true },
  },
  'backup-roles': {
    observes: [],
    arns: { service: 'iam', type: 'role/', idsHavePaths: true },
    rolesOf: 'backup.amazonaws.com',
  },
  /** of Data Lifecycle Manager, for an instance that has disks */
  'lifecycle-roles': {
    observes: ['volumes'],
    arns: { service: 'iam', type: 'role/', idsHavePaths: true },
    rolesOf: 'dlm.amazonaws.com',
  },
  /** of just-in-time access, to be created: if a policy of the region approves any */
  'new-access-request': { observes: [] },
  /** the automation that waits for its approval */
  'access-approval': { observes: [] },
  /** policies that approve access automatically */
  'approval-policies': { observes: [], arns: ssm('document') },
  /** that name people who approve */
  'manual-approval-policies': { observes: [], arns: ssm('document') },
  /** one that approves automatically, in a region that has only others */
  'new-approval-policy': { observes: [], arns: ssm('document') },
  /** spaces of DevOps Agent whose agent may act, of any region */
  'agent-spaces': {
    observes: [],
    arns: { service: 'aidevops', type: 'agentspace/' },
    keys: ['aws:requestedregion'],
    rolesOf: 'aidevops.amazonaws.com',
  },
  'instance-profile': {
    observes: ['instance-profile'],
    arns: { service: 'iam', type: 'instance-profile/', idsHavePaths: true },
  },
  /** of its volumes */
  snapshots: { observes: ['snapshots'], arns: ec2('snapshot') },
  images: { observes: ['images'], arns: ec2('image') },
  'prefix-lists': { observes: ['prefix-lists'], arns: ec2('prefix-list') },
  'new-target-groups': { observes: [] },
  'new-lattice-groups': { observes: [] },
  'new-alarms': { observes: [], keys: ['cloudwatch:alarmactions'] },
  'autoscaling-group': {
    observes: ['autoscaling-group'],
    arns: { service: 'autoscaling', type: 'autoScalingGroup:', idsHavePaths: true },
  },
  /** of its group: any, or if the group launches from the newest version, or from the default one */
  'group-template': { observes: ['autoscaling-group'], arns: ec2('launch-template') },
  'latest-template': { observes: ['autoscaling-group'], arns: ec2('launch-template') },
  'default-template': { observes: ['autoscaling-group'], arns: ec2('launch-template') },
  'new-launch-template': { observes: [] },
  /** under any name that a policy allows */
  'new-launch-configuration': {
    observes: [],
    arns: { service: 'autoscaling', type: 'launchConfiguration:', idsHavePaths: true },
  },
  'new-instance': { observes: [] },
  'new-network-interface': { observes: [] },
  image: { observes: ['image'], arns: ec2('image') },
  subnet: { observes: ['subnet'], arns: ec2('subnet'), keys: ['ec2:subnetid', 'ec2:vpc'] },
  vpc: { observes: ['vpc'], arns: ec2('vpc'), keys: ['ec2:vpcid'] },
  /** of the region, unless the organisation manages it */
  'public-access-block': { observes: [] },
  'new-access-exclusion': { observes: [] },
  /** of its subnet or VPC, for connections that begin there */
  'access-exclusions': {
    observes: ['access-exclusions'],
    arns: ec2('vpc-block-public-access-exclusion'),
  },
  stack: { observes: ['stack'], arns: { service: 'cloudformation', type: 'stack/', idsHavePaths: true } },
  'emr-cluster': { observes: ['emr-cluster'], arns: { service: 'elasticmapreduce', type: 'cluster/' } },
  'beanstalk-environment': {
    observes: ['beanstalk-environment'],
    arns: { service: 'elasticbeanstalk', type: 'environment/', idsHavePaths: true },
  },
  'beanstalk-application': {
    observes: ['beanstalk-environment'],
    arns: { service: 'elasticbeanstalk', type: 'application/', idsHavePaths: true },
  },
  'new-application-version': {
    observes: ['beanstalk-environment'],
    arns: { service: 'elasticbeanstalk', type: 'applicationversion/', idsHavePaths: true },
  },
  /** with its own role */
  'stack-with-role': {
    observes: ['stack'],
    arns: { service: 'cloudformation', type: 'stack/', idsHavePaths: true },
  },
  /** tasks and services that would run on the container host */
  'host-tasks': {
    observes: ['container-host'],
    arns: { service: 'ecs', type: 'task-definition/', idsHavePaths: true },
    keys: HOST_KEYS,
  },
  'host-services': {
    observes: ['container-host'],
    arns: { service: 'ecs', type: 'service/', idsHavePaths: true },
    keys: HOST_KEYS,
  },
  /** that run in the cluster of the host */
  'cluster-services': {
    observes: ['container-host'],
    arns: { service: 'ecs', type: 'service/', idsHavePaths: true },
    keys: HOST_KEYS,
  },
  /** of AWS Batch: queues that may run jobs on the host, and the caller's own job */
  'job-queues': { observes: ['container-host'], arns: { service: 'batch', type: 'job-queue/' } },
  'new-job-definitions': { observes: [], arns: { service: 'batch', type: 'job-definition/' } },
  'new-job': { observes: [] },
  /** that deploy to it, and all of the region */
  'deployment-groups': {
    observes: ['deployment-groups'],
    arns: { service: 'codedeploy', type: 'deploymentgroup:', idsHavePaths: true },
  },
  'deployed-applications': {
    observes: ['deployment-groups'],
    arns: { service: 'codedeploy', type: 'application:', idsHavePaths: true },
  },
  'all-deployment-groups': {
    observes: [],
    arns: { service: 'codedeploy', type: 'deploymentgroup:', idsHavePaths: true },
  },
  'deployment-config': { observes: [] },
  /** by how the cluster authenticates: with access entries, without them, or not known */
  'entry-cluster': { observes: ['eks-cluster'], arns: { service: 'eks', type: 'cluster/' } },
  'map-cluster': { observes: ['eks-cluster'], arns: { service: 'eks', type: 'cluster/' } },
  'eks-cluster': { observes: ['eks-cluster'], arns: { service: 'eks', type: 'cluster/' } },
  /**
   * in which the caller is an administrator by an access entry, or may run pods; and the caller's entry there
   */
  'administered-cluster': { observes: ['cluster'] },
  'edited-cluster': { observes: ['cluster'] },
  'own-access-entry': { observes: ['cluster'] },
  'new-access-entry': {
    observes: ['eks-cluster'],
    arns: { service: 'eks', type: 'access-entry/', idsHavePaths: true },
  },
} as const satisfies Readonly<Record<string, KindRow>>;

/** Condition keys that depend on the choice of the resource. */
export const KEYS_OF_KINDS: ReadonlySet<string> = new Set(
  Object.values(RESOURCE_KINDS).flatMap((kind: KindRow) => kind.keys ?? []),
);

const DOCUMENT: KindRow = { observes: [] };

/**
 * The resource of a request, as a function of the instance. Kinds in the plural mean several resources, of which any
 * one is enough. A document is given by its name.
 */
export type ResourceKind = keyof typeof RESOURCE_KINDS | `document:${string}`;

export function kindRow(kind: ResourceKind): KindRow {
  return kind.startsWith('document:') ? DOCUMENT : RESOURCE_KINDS[kind as keyof typeof RESOURCE_KINDS];
}

/** Where the resources are the same: for all instances of a region, or of a region and a platform; null: neither. */
export function sharedBy(
  kind: ResourceKind,
): ((instance: { region: string; platform: string }) => string) | null {
  const { observes } = kindRow(kind);
  if (observes.length === 0) return ({ region }) => region;
  if (!observes.every((fact) => fact === 'platform')) return null;
  return ({ region, platform }) => `${region} ${platform}`;
}
