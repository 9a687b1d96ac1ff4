import { remembered } from '../../memory/remembered.ts';
import { placeOf, REGION_CALLS, type RegionField } from '../../snapshot/parts.ts';
import type { Instance, RegionSnapshot, Snapshot } from '../../snapshot/snapshot.ts';
import type { Account } from './account.ts';

const partCache = new WeakMap<Snapshot, ReadonlySet<string>>();

/** True if a list was read completely. A call that is made once per thing may fail for some of them. */
export function isWhole(snapshot: Snapshot, region: string, field: RegionField): boolean {
  const parts = remembered(
    partCache,
    snapshot,
    () =>
      new Set(
        snapshot.coverage
          // if a refresh failed, the last good answer counts
          .filter(({ status, readAt }) => status !== 'collected' && (readAt ?? null) === null)
          .map(placeOf),
      ),
  );
  return !parts.has(placeOf({ call: REGION_CALLS[field], region }));
}

/**
 * The region as reachability sees it: a list that was read in part, without an entry for the instance, counts as not
 * read.
 */
export function regionFor(
  { id, region, vpcId }: Pick<Instance, 'id' | 'region' | 'vpcId'>,
  { regions, snapshot }: Account,
): RegionSnapshot | undefined {
  const here = regions.get(region);
  if (!here) return here;
  const { connectEndpoints, managedInstances } = here;
  const lacks = (field: RegionField, isThere: () => boolean | undefined): boolean =>
    !isWhole(snapshot, region, field) && !isThere();
  const noEndpoint = lacks('connectEndpoints', () => connectEndpoints?.some((one) => one.vpcId === vpcId));
  const noAgent = lacks('managedInstances', () => managedInstances?.some((one) => one.id === id));
  if (!noEndpoint && !noAgent) return here;
  return {
    ...here,
    connectEndpoints: noEndpoint ? null : connectEndpoints,
    managedInstances: noAgent ? null : managedInstances,
  };
}
