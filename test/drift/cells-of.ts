import type { CellDrift, Drift } from '../../lib/drift/drift.ts';

/** A changed cell, with its cause in full. */
export type CellWithCause = Omit<CellDrift, 'cause'> & Pick<Drift, 'cause'>;

/**
 * Drift cell by cell, sorted by principal, instance and path, for an account small enough that all names are listed.
 */
export function cellsOf(drift: readonly Drift[]): CellWithCause[] {
  const cells: CellWithCause[] = [];
  for (const { cause, groups } of drift) {
    for (const { change, principals, instances, paths, before, after } of groups) {
      for (const principal of principals)
        for (const instance of instances)
          for (const path of paths) cells.push({ change, principal, instance, path, before, after, cause });
    }
  }
  const key = (cell: CellWithCause) => `${cell.principal} ${cell.instance} ${cell.path}`;
  return cells.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
