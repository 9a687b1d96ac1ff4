import type { Alternative, RequestRow } from './access-path.ts';
import { eachOnInstance, making, on, onInstance } from './requests-of-paths.ts';

const COPIES: readonly (readonly RequestRow[])[] = [
  [
    { action: 'ec2:CreateSnapshot', on: 'volumes' },
    { action: 'ec2:CreateSnapshot', on: 'new-snapshot' },
  ],
  [
    onInstance('ec2:CreateSnapshots'),
    { action: 'ec2:CreateSnapshots', on: 'volumes' },
    { action: 'ec2:CreateSnapshots', on: 'new-snapshot' },
  ],
  [
    onInstance('ec2:CreateImage'),
    { action: 'ec2:CreateImage', on: 'new-image' },
    { action: 'ec2:CreateImage', on: 'new-snapshot' },
  ],
];

const TAKES: readonly (readonly RequestRow[])[] = [
  [{ action: 'ec2:ModifySnapshotAttribute', on: 'new-snapshot' }],
  [{ action: 'ec2:ModifyImageAttribute', on: 'new-image' }],
  [
    { action: 'ebs:ListSnapshotBlocks', on: 'new-snapshot' },
    { action: 'ebs:GetSnapshotBlock', on: 'new-snapshot' },
  ],
  [
    { action: 'ec2:CreateVolume', on: 'new-snapshot' },
    making('ec2:CreateVolume', 'new-volume'),
    { action: 'ec2:AttachVolume', on: 'instance' },
    { action: 'ec2:AttachVolume', on: 'new-volume' },
  ],
];

/**
 * Copies and the requests that take them. An image attribute shares images, so it only takes the result of
 * CreateImage.
 */
const makesWhatIsTaken = (copy: readonly RequestRow[], take: readonly RequestRow[]): boolean =>
  take[0]?.on !== 'new-image' || copy.some((row) => row.on === 'new-image');

const idOf = (rows: readonly RequestRow[]): string => [...new Set(rows.map((row) => row.action))].join('+');

/** For a snapshot that exists already, this request is enough. */
const taken = (take: readonly RequestRow[]): Alternative => ({
  id: `existing snapshot, ${idOf(take)}`,
  same: 'snapshots',
  requests: take.map((row) => (row.on === 'new-snapshot' ? { ...row, on: 'snapshots' } : row)),
});

/**
 * Each request that copies the disk, with each that reads such a copy. A volume that is copied as a volume needs no
 * snapshot.
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copying-volume.html
 */
export const DISK_COPIES: readonly Alternative[] = [
  ...COPIES.flatMap((copy) =>
    TAKES.filter((take) => makesWhatIsTaken(copy, take)).map((take) => ({
      id: `${idOf(copy)}, ${idOf(take)}`,
      requests: [...copy, ...take],
    })),
  ),
  ...TAKES.filter((take) => take.some((row) => row.on === 'new-snapshot')).map(taken),
  { id: 'existing image, ec2:ModifyImageAttribute', requests: [on('ec2:ModifyImageAttribute', 'images')] },
  {
    id: 'ec2:CopyVolumes, ec2:AttachVolume',
    requests: [
      { action: 'ec2:CopyVolumes', on: 'volumes' },
      making('ec2:CopyVolumes', 'new-volume'),
      { action: 'ec2:AttachVolume', on: 'instance' },
      { action: 'ec2:AttachVolume', on: 'new-volume' },
    ],
  },
];

/** Requests that open the instance's security groups for the caller. */
export const FIREWALL_CHANGES: readonly Alternative[] = [
  {
    id: 'ec2:AuthorizeSecurityGroupIngress',
    requests: [on('ec2:AuthorizeSecurityGroupIngress', 'security-groups')],
  },
  {
    id: 'ec2:ModifySecurityGroupRules',
    requests: [
      on('ec2:ModifySecurityGroupRules', 'security-groups'),
      on('ec2:ModifySecurityGroupRules', 'security-group-rules'),
    ],
  },
  {
    id: 'ec2:ModifyInstanceAttribute',
    requests: [onInstance('ec2:ModifyInstanceAttribute', { 'ec2:Attribute': 'GroupSet' })],
  },
  {
    id: 'ec2:ModifyNetworkInterfaceAttribute',
    requests: [{ action: 'ec2:ModifyNetworkInterfaceAttribute', on: 'network-interfaces' }],
  },
  {
    id: 'ec2:ModifyManagedPrefixList',
    requests: [on('ec2:ModifyManagedPrefixList', 'prefix-lists')],
  },
  {
    id: 'elasticloadbalancing:RegisterTargets',
    requests: [on('elasticloadbalancing:RegisterTargets', 'new-target-groups')],
    code: 'load-balancer',
  },
  // https://docs.aws.amazon.com/vpc-lattice/latest/ug/target-groups.html
  {
    id: 'vpc-lattice:RegisterTargets',
    requests: [on('vpc-lattice:RegisterTargets', 'new-lattice-groups')],
    code: 'load-balancer',
  },
];

/**
 * Stops or restarts the instance: directly, through an alarm whose action uses Systems Manager's own role, or
 * by creating an image, for which EC2 restarts it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/UsingAlarmActions.html
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
 */
export const POWER: readonly Alternative[] = [
  ...eachOnInstance(
    'ec2:StartInstances',
    'ec2:StopInstances',
    'ec2:RebootInstances',
    'ec2:TerminateInstances',
    'ec2:SendDiagnosticInterrupt',
  ),
  {
    id: 'ec2:CreateImage',
    requests: [
      onInstance('ec2:CreateImage'),
      on('ec2:CreateImage', 'new-image'),
      on('ec2:CreateImage', 'new-snapshot'),
    ],
  },
  {
    id: 'autoscaling:TerminateInstanceInAutoScalingGroup',
    requests: [on('autoscaling:TerminateInstanceInAutoScalingGroup', 'autoscaling-group')],
  },
  {
    id: 'cloudwatch:PutMetricAlarm',
    requests: [making('cloudwatch:PutMetricAlarm', 'new-alarms')],
    code: 'alarm-rights',
  },
];
