import type { PathId } from '../lib/matrix/cell.ts';
import type { CellGroup, Matrix } from '../lib/matrix/matrix.ts';

/** Finds the group that a cell is in; null: it is in none, so it is denied. */
export type CellIndex = (principal: number, instance: number, path: PathId) => CellGroup | null;

/** By path and principal, so that a cell is looked for in few groups only. `instances` of a group ascend. */
export function indexCells(matrix: Matrix): CellIndex {
  const byPath = new Map(matrix.paths.map((path) => [path, new Map<number, CellGroup[]>()]));
  for (const group of matrix.groups) {
    const ofPath = byPath.get(group.path);
    for (const principal of group.principals) {
      const groups = ofPath?.get(principal);
      if (groups) groups.push(group);
      else ofPath?.set(principal, [group]);
    }
  }
  return (principal, instance, path) =>
    byPath
      .get(path)
      ?.get(principal)
      ?.find((group) => holds(group.instances, instance)) ?? null;
}

function holds(ascending: readonly number[], wanted: number): boolean {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === wanted;
}
