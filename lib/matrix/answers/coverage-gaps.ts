import { listsInPart } from '../../snapshot/audit-state.ts';
import type { CoverageEntry, Snapshot } from '../../snapshot/snapshot.ts';
import type { Matrix } from '../paths/matrix.ts';
import type { CellFilter } from './find-groups.ts';

/**
 * The calls that were not collected, or not all of it, although cells of the filter rest on them: who there is, and
 * which instances there are. Without them there is no cell, and nobody can say that it is denied.
 */
export function gapsIn(snapshot: Snapshot, matrix: Matrix, filter: CellFilter): readonly CoverageEntry[] {
  const instance = matrix.instances.find(({ id }) => id === filter.instance);
  const region = instance?.region ?? filter.region;
  // who can get onto an instance that is there does not rest on which others there are
  return listsInPart(snapshot).filter(
    (entry) => entry.region === null || (!instance && (region === undefined || entry.region === region)),
  );
}
