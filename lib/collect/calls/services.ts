import { takeAutoScalingGroups } from '../autoscaling.ts';
import { type AwsCall, BASE, into } from '../aws-call.ts';
import { AUTO_SCALING, grant } from '../grants.ts';

const REGIONAL = { ...BASE, scope: 'region' } as const;

/** What other services are set up to do on instances. */
export const SERVICE_CALLS: readonly AwsCall[] = [
  {
    ...REGIONAL,
    service: 'autoscaling',
    operation: 'describe-auto-scaling-groups',
    lists: ['AutoScalingGroups'],
    reader: into('autoScalingGroups', takeAutoScalingGroups),
    grants: grant(AUTO_SCALING, 'autoscaling:DescribeAutoScalingGroups'),
    purpose: 'groups, and the launch templates that their instances are replaced from',
  },
];
