import { type AwsCall, BASE, type EachArgument, into } from '../aws-call.ts';
import {
  isForPeople,
  takeEndpoints,
  takeGroups,
  takePrefixListEntries,
  takePrefixLists,
  takePublicAccessBlock,
  takePublicAccessExclusions,
  takeSerialConsole,
  takeVolumes,
} from '../ec2.ts';
import { FLEET, grant, PREFIX_LISTS, SHARED_DISKS } from '../grants.ts';
import { takeInstances } from '../instances.ts';

const EC2 = { ...BASE, scope: 'region', service: 'ec2' } as const;

/** The account's images and snapshots whose permissions are read, per region: one call each. */
const MOST_ATTRIBUTES = 500;

/** Prefix lists whose entries are read, per region. */
const MOST_PREFIX_LISTS = 200;

const attributeOf = (of: string, list: string, id: string, begins: string): EachArgument => ({
  kind: 'each',
  ...{ of, list, id, begins },
  most: MOST_ATTRIBUTES,
});

export const EC2_CALLS: readonly AwsCall[] = [
  {
    ...EC2,
    operation: 'describe-instances',
    lists: ['Reservations'],
    options: '--include-managed-resources',
    reader: into('instances', takeInstances),
    grants: grant(FLEET, 'ec2:DescribeRegions', 'ec2:DescribeInstances'),
    purpose:
      'instances, their tags, addresses, disks and metadata options; use `--include-managed-resources`, since instances that a service manages may be hidden otherwise',
  },
  {
    ...EC2,
    operation: 'describe-security-groups',
    lists: ['SecurityGroups'],
    reader: into('securityGroups', takeGroups),
    grants: grant(FLEET, 'ec2:DescribeSecurityGroups'),
    purpose: 'whether the network lets a path through',
  },
  {
    ...EC2,
    operation: 'describe-instance-connect-endpoints',
    lists: ['InstanceConnectEndpoints'],
    reader: into('connectEndpoints', takeEndpoints),
    grants: grant(FLEET, 'ec2:DescribeInstanceConnectEndpoints'),
    purpose: 'tunnels into a VPC',
  },
  {
    ...EC2,
    operation: 'describe-volumes',
    lists: ['Volumes'],
    options: '--include-managed-resources',
    reader: into('volumes', takeVolumes),
    grants: grant(FLEET, 'ec2:DescribeVolumes'),
    purpose: 'tags of disks, and other properties for conditions: type, size, encryption',
  },
  {
    ...EC2,
    operation: 'describe-managed-prefix-lists',
    lists: ['PrefixLists'],
    reader: into('prefixLists', takePrefixLists),
    grants: grant(FLEET, 'ec2:DescribeManagedPrefixLists'),
    purpose: 'lists of addresses that rules of security groups name',
  },
  {
    ...EC2,
    operation: 'get-managed-prefix-list-entries',
    argument: {
      ...{ kind: 'each', of: 'describe-managed-prefix-lists', list: 'PrefixLists', id: 'PrefixListId' },
      ...{ begins: 'pl-', most: MOST_PREFIX_LISTS },
      only: isForPeople,
    },
    lists: ['Entries'],
    options: '--prefix-list-id <argument>',
    reader: into('prefixListEntries', takePrefixListEntries),
    grants: grant(PREFIX_LISTS, 'ec2:GetManagedPrefixListEntries'),
    purpose: "the addresses of the account's prefix lists, and of AWS's own for Instance Connect",
  },
  {
    ...EC2,
    operation: 'describe-vpc-block-public-access-options',
    reader: into('publicAccessBlocks', takePublicAccessBlock),
    grants: grant(FLEET, 'ec2:DescribeVpcBlockPublicAccessOptions'),
    purpose: 'whether connections from the internet to VPCs are blocked',
  },
  {
    ...EC2,
    operation: 'describe-vpc-block-public-access-exclusions',
    lists: ['VpcBlockPublicAccessExclusions'],
    reader: into('publicAccessExclusions', takePublicAccessExclusions),
    grants: grant(FLEET, 'ec2:DescribeVpcBlockPublicAccessExclusions'),
    purpose: 'the VPCs and subnets that are excluded from that block',
  },
  {
    ...EC2,
    operation: 'get-serial-console-access-status',
    reader: into('serialConsoleEnabled', takeSerialConsole),
    grants: grant(FLEET, 'ec2:GetSerialConsoleAccessStatus'),
    purpose: 'whether the serial console is switched on',
  },
  {
    ...EC2,
    operation: 'describe-images',
    lists: ['Images'],
    options: '--owners self',
    reader: 'kept',
    grants: grant(FLEET, 'ec2:DescribeImages'),
    purpose: 'own images',
  },
  {
    ...EC2,
    operation: 'describe-image-attribute',
    holds: 'ImageId',
    argument: attributeOf('describe-images', 'Images', 'ImageId', 'ami-'),
    options: '--attribute launchPermission --image-id <argument>',
    reader: 'kept',
    grants: grant(SHARED_DISKS, 'ec2:DescribeImageAttribute'),
    purpose: "the accounts that may launch one of the account's images",
  },
  {
    ...EC2,
    operation: 'describe-snapshots',
    lists: ['Snapshots'],
    options: '--owner-ids self',
    reader: 'kept',
    grants: grant(FLEET, 'ec2:DescribeSnapshots'),
    purpose: 'own disk snapshots',
  },
  {
    ...EC2,
    operation: 'describe-snapshot-attribute',
    holds: 'SnapshotId',
    argument: attributeOf('describe-snapshots', 'Snapshots', 'SnapshotId', 'snap-'),
    options: '--attribute createVolumePermission --snapshot-id <argument>',
    reader: 'kept',
    grants: grant(SHARED_DISKS, 'ec2:DescribeSnapshotAttribute'),
    purpose: "the accounts that may read one of the account's snapshots",
  },
  {
    ...EC2,
    operation: 'describe-launch-templates',
    lists: ['LaunchTemplates'],
    options: '--include-managed-resources',
    reader: 'kept',
    grants: grant(FLEET, 'ec2:DescribeLaunchTemplates'),
    purpose: 'the settings of new instances',
  },
  {
    ...EC2,
    operation: 'get-instance-metadata-defaults',
    reader: 'kept',
    grants: grant(FLEET, 'ec2:GetInstanceMetadataDefaults'),
    purpose: 'metadata options of new instances',
  },
  {
    ...EC2,
    operation: 'get-managed-resource-visibility',
    reader: 'kept',
    grants: grant(FLEET, 'ec2:GetManagedResourceVisibility'),
    purpose:
      'whether lists hide the instances that a service manages. `"IncludeManagedResources": true` in it says that they were asked for: `latchkey collect` and `collect.sh` add it',
  },
];
