/**
 * What a call is about, where it is made once per thing: `values` names them; `each` takes the ids out of an earlier
 * answer of the same region, at most `most` of them, since each costs a call; `missing-policies` are those that somebody
 * has and the account's list does not hold (with a version behind the ARN: `<arn>.v3`).
 */
export type CallArgument =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | {
      readonly kind: 'each';
      readonly of: string;
      readonly list: string;
      readonly id: string;
      /** how its ids begin */
      readonly begins: string;
      readonly most: number;
    }
  | { readonly kind: 'missing-policies' };

/** One AWS call that a snapshot is made of. `organizations effective-policies` is ours: several calls put together. */
export interface AwsCall {
  readonly service: 'sts' | 'iam' | 'organizations' | 'ec2' | 'ssm';
  readonly operation: string;
  readonly scope: 'global' | 'region';
  readonly argument: CallArgument | null;
  /** top-level lists whose pages are put together */
  readonly lists: readonly string[];
  /** options of the CLI, which the API's request has too */
  readonly options: string;
  /** an error code that says that there is no such thing: the answer is then collected, with data `{}` */
  readonly absentOn: string | null;
  /** `typed`: read into the Snapshot's own fields; `kept`: stored as it is in `kept` */
  readonly use: 'typed' | 'kept';
  readonly purpose: string;
}

const BASE = { argument: null, lists: [], options: '', absentOn: null, use: 'typed' } as const;
const GLOBAL = { ...BASE, scope: 'global' } as const;
const EC2 = { ...BASE, scope: 'region', service: 'ec2' } as const;
const SSM = { ...BASE, scope: 'region', service: 'ssm' } as const;

/** Own images and snapshots whose permissions are asked for, in one region: one call each. */
const MOST_ATTRIBUTES = 500;

/** Session Manager's preferences live in a document of this name. */
const PREFERENCES_DOCUMENT = 'SSM-SessionManagerRunShell';

/** The last part of `/ssm/managed-instance/default-ec2-instance-management-role`. */
const DEFAULT_HOST_MANAGEMENT = 'default-ec2-instance-management-role';

/** Every call that makes a snapshot. The live source makes these, the folder source reads a file for each. */
export const CALLS: readonly AwsCall[] = [
  { ...GLOBAL, service: 'sts', operation: 'get-caller-identity', purpose: 'which account this is' },
  {
    ...GLOBAL,
    service: 'iam',
    operation: 'get-account-authorization-details',
    lists: ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'],
    options: '--filter User Role Group LocalManagedPolicy AWSManagedPolicy',
    purpose: 'users, groups, roles, instance profiles and every policy attached to them',
  },
  {
    ...GLOBAL,
    service: 'iam',
    operation: 'get-policy',
    argument: { kind: 'missing-policies' },
    options: '--policy-arn <argument>',
    purpose: 'the default version of a managed policy that the list leaves out',
  },
  {
    ...GLOBAL,
    service: 'iam',
    operation: 'get-policy-version',
    argument: { kind: 'missing-policies' },
    options: '--policy-arn <argument> --version-id <version>',
    purpose: 'its document',
  },
  {
    ...GLOBAL,
    service: 'iam',
    operation: 'get-credential-report',
    use: 'kept',
    purpose: 'passwords, access keys and MFA of each user',
  },
  {
    ...GLOBAL,
    service: 'iam',
    operation: 'list-virtual-mfa-devices',
    lists: ['VirtualMFADevices'],
    use: 'kept',
    purpose: 'whose MFA devices there are',
  },
  {
    ...GLOBAL,
    service: 'organizations',
    operation: 'effective-policies',
    lists: ['Targets'],
    purpose: 'service and resource control policies at each level above the account',
  },
  {
    ...EC2,
    operation: 'describe-instances',
    lists: ['Reservations'],
    purpose: 'instances, their tags, addresses, disks and metadata options',
  },
  {
    ...EC2,
    operation: 'describe-security-groups',
    lists: ['SecurityGroups'],
    purpose: 'what the network lets in',
  },
  {
    ...EC2,
    operation: 'describe-instance-connect-endpoints',
    lists: ['InstanceConnectEndpoints'],
    purpose: 'tunnels into a VPC',
  },
  {
    ...EC2,
    operation: 'get-serial-console-access-status',
    purpose: 'whether the serial console is switched on',
  },
  {
    ...EC2,
    operation: 'describe-images',
    lists: ['Images'],
    options: '--owners self',
    use: 'kept',
    purpose: 'own images',
  },
  {
    ...EC2,
    operation: 'describe-image-attribute',
    argument: {
      kind: 'each',
      of: 'describe-images',
      list: 'Images',
      id: 'ImageId',
      begins: 'ami-',
      most: MOST_ATTRIBUTES,
    },
    options: '--attribute launchPermission --image-id <argument>',
    use: 'kept',
    purpose: 'who else may launch an own image',
  },
  {
    ...EC2,
    operation: 'describe-snapshots',
    lists: ['Snapshots'],
    options: '--owner-ids self',
    use: 'kept',
    purpose: 'own disk snapshots',
  },
  {
    ...EC2,
    operation: 'describe-snapshot-attribute',
    argument: {
      kind: 'each',
      of: 'describe-snapshots',
      list: 'Snapshots',
      id: 'SnapshotId',
      begins: 'snap-',
      most: MOST_ATTRIBUTES,
    },
    options: '--attribute createVolumePermission --snapshot-id <argument>',
    use: 'kept',
    purpose: 'who else may read an own snapshot',
  },
  {
    ...EC2,
    operation: 'describe-launch-templates',
    lists: ['LaunchTemplates'],
    use: 'kept',
    purpose: 'what new instances start from',
  },
  {
    ...EC2,
    operation: 'get-instance-metadata-defaults',
    use: 'kept',
    purpose: 'metadata options of new instances',
  },
  {
    ...SSM,
    operation: 'describe-instance-information',
    lists: ['InstanceInformationList'],
    purpose: 'which instances are registered and online',
  },
  {
    ...SSM,
    operation: 'list-documents',
    lists: ['DocumentIdentifiers'],
    options: '--filters Key=Owner,Values=Self',
    purpose: "the account's own session and command documents",
  },
  {
    ...SSM,
    operation: 'get-document',
    argument: { kind: 'values', values: [PREFERENCES_DOCUMENT] },
    options: '--name <argument>',
    absentOn: 'InvalidDocument',
    purpose: "Session Manager's preferences",
  },
  {
    ...SSM,
    operation: 'get-service-setting',
    argument: { kind: 'values', values: [DEFAULT_HOST_MANAGEMENT] },
    options: '--setting-id /ssm/managed-instance/<argument>',
    use: 'kept',
    purpose: 'whether instances without a profile are managed all the same',
  },
];

/** The call as the CLI names it: `ec2.describe-instances`. */
export const callName = (call: { readonly service: string; readonly operation: string }): string =>
  `${call.service}.${call.operation}`;
