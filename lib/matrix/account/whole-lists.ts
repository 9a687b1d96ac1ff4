import { remembered } from '../../memory/remembered.ts';
import { placeOf, REGION_CALLS, type RegionField } from '../../snapshot/parts.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';

const partCache = new WeakMap<Snapshot, ReadonlySet<string>>();

/** Is all of a list read? A call that is made once per thing may fail for some of them. */
export function isWhole(snapshot: Snapshot, region: string, field: RegionField): boolean {
  const parts = remembered(
    partCache,
    snapshot,
    () =>
      new Set(
        snapshot.coverage
          // where it failed the last time only, the answer before stands
          .filter(({ status, readAt }) => status !== 'collected' && (readAt ?? null) === null)
          .map(placeOf),
      ),
  );
  return !parts.has(placeOf({ call: REGION_CALLS[field], region }));
}
