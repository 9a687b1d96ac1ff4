import { paginateDescribeAutoScalingGroups } from '@aws-sdk/client-auto-scaling';
import { type Operation, regional } from './operation.ts';

const autoScaling = regional((clients) => clients.autoScaling);

/** As large as the services allow, so that an account takes few calls. */
const AUTO_SCALING_PAGE = 100;

/** Calls of services that run something on instances, or replace them. */
export const SERVICE_OPERATIONS: Readonly<Record<string, Operation>> = {
  'autoscaling.describe-auto-scaling-groups': autoScaling((client) =>
    paginateDescribeAutoScalingGroups({ client, pageSize: AUTO_SCALING_PAGE }, {}),
  ),
};
