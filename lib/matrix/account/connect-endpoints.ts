import type { ConnectEndpoint, Instance } from '../../snapshot/snapshot.ts';
import type { Account } from './account.ts';
import { isWhole } from './whole-lists.ts';

/** The call that lists the endpoints. */
export const ENDPOINTS_NOT_READ = 'ec2 describe-instance-connect-endpoints';

/**
 * The Instance Connect endpoints of the instance's VPC; null: not collected, or not all. A VPC has at most
 * one, so nothing is missing once one is found.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-quotas.html
 */
export function endpointsOfVpc(
  { region, vpcId }: Pick<Instance, 'region' | 'vpcId'>,
  { regions, snapshot }: Account,
): readonly ConnectEndpoint[] | null {
  if (vpcId === null) return [];
  const all = regions.get(region)?.connectEndpoints;
  const found = all?.filter((endpoint) => endpoint.vpcId === vpcId) ?? [];
  if (found.length > 0) return found;
  return all && isWhole(snapshot, region, 'connectEndpoints') ? [] : null;
}

/** True if a tunnel can lead to the instance, also if that was not collected. */
export function mayHaveEndpoint(instance: Pick<Instance, 'region' | 'vpcId'>, account: Account): boolean {
  return endpointsOfVpc(instance, account)?.length !== 0;
}
