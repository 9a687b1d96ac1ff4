import type { PathId } from '../lib/matrix/paths/cell.ts';
import type { CellGroup, Matrix } from '../lib/matrix/paths/matrix.ts';
import { hasInstance } from './group-instances.ts';

/** Finds the group of a cell; null: it is in none, so it is denied. */
export type CellIndex = (principal: number, instance: number, path: PathId) => CellGroup | null;

/** By path and principal, so that few groups are searched for a cell. `instances` of a group ascend. */
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
      ?.find((group) => hasInstance(group, instance)) ?? null;
}
