import { findGroups } from '../lib/matrix/answers/find-groups.ts';
import type { Matrix, Outcome } from '../lib/matrix/paths/matrix.ts';
import type { CellChange } from '../lib/what-if/cell-changes.ts';

/** The cells of one instance: `principal path` -> its outcome as text. */
export function cellsOfInstance(matrix: Matrix, instance: string): Map<string, string> {
  const cells = new Map<string, string>();
  for (const { group, principals } of findGroups(matrix, { instance }))
    for (const p of principals) cells.set(`${p} ${group.path}`, textOf(group.outcome));
  return cells;
}

/** The same after some changes; `index`: of the instance in the changes. */
export function withChanges(
  cells: ReadonlyMap<string, string>,
  changes: readonly CellChange[],
  index: number,
): Map<string, string> {
  const after = new Map(cells);
  for (const change of changes.filter(({ instances }) => instances.includes(index))) {
    for (const p of change.principals) {
      if (change.after) after.set(`${p} ${change.path}`, textOf(change.after));
      else after.delete(`${p} ${change.path}`);
    }
  }
  return after;
}

function textOf(outcome: Outcome): string {
  const grants = outcome.grants.map((grant) => JSON.stringify(grant)).sort();
  return JSON.stringify({ ...outcome, grants });
}
