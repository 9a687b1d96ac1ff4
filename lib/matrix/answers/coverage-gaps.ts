import { listsInPart } from '../../snapshot/audit-state.ts';
import type { CoverageEntry, Snapshot } from '../../snapshot/snapshot.ts';
import type { Matrix } from '../paths/matrix.ts';
import type { CellFilter } from './find-groups.ts';

/**
 * The calls that were not collected completely and that the filter's cells (their principals and instances) depend
 * on. If there are any, a missing cell does not mean that it is denied.
 */
export function gapsIn(snapshot: Snapshot, matrix: Matrix, filter: CellFilter): readonly CoverageEntry[] {
  const instance = matrix.instances.find(({ id }) => id === filter.instance);
  const region = instance?.region ?? filter.region;
  // access to a known instance does not depend on other instances
  return listsInPart(snapshot).filter(
    (entry) => entry.region === null || (!instance && (region === undefined || entry.region === region)),
  );
}
