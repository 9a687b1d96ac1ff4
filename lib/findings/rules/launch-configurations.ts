import type { CellGroup } from '../../matrix/paths/matrix.ts';

/**
 * True for access by a new launch configuration. Only accounts that are older than October 2024 can create one, and
 * whoever may do anything with Auto Scaling has this access, so it is no finding.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html
 */
export const isByLaunchConfiguration = ({ outcome }: CellGroup): boolean =>
  outcome.uncertain.includes('launch-configuration');
