import { type AwsCall, BASE, type EachArgument, into } from '../aws-call.ts';
import { takeEndpoints, takeGroups, takeSerialConsole } from '../ec2.ts';
import { FLEET, grant, SHARED_DISKS } from '../grants.ts';
import { takeInstances } from '../instances.ts';

const EC2 = { ...BASE, scope: 'region', service: 'ec2' } as const;

/** Own images and snapshots whose permissions are asked for, in one region: one call each. */
const MOST_ATTRIBUTES = 500;

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
    reader: into('instances', takeInstances),
    grants: grant(FLEET, 'ec2:DescribeRegions', 'ec2:DescribeInstances'),
    purpose: 'instances, their tags, addresses, disks and metadata options',
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
    argument: attributeOf('describe-images', 'Images', 'ImageId', 'ami-'),
    options: '--attribute launchPermission --image-id <argument>',
    reader: 'kept',
    grants: grant(SHARED_DISKS, 'ec2:DescribeImageAttribute'),
    purpose: 'who else may launch an own image',
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
    argument: attributeOf('describe-snapshots', 'Snapshots', 'SnapshotId', 'snap-'),
    options: '--attribute createVolumePermission --snapshot-id <argument>',
    reader: 'kept',
    grants: grant(SHARED_DISKS, 'ec2:DescribeSnapshotAttribute'),
    purpose: 'who else may read an own snapshot',
  },
  {
    ...EC2,
    operation: 'describe-launch-templates',
    lists: ['LaunchTemplates'],
    reader: 'kept',
    grants: grant(FLEET, 'ec2:DescribeLaunchTemplates'),
    purpose: 'what new instances start from',
  },
  {
    ...EC2,
    operation: 'get-instance-metadata-defaults',
    reader: 'kept',
    grants: grant(FLEET, 'ec2:GetInstanceMetadataDefaults'),
    purpose: 'metadata options of new instances',
  },
];
