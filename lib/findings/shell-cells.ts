import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import type { Facts } from './facts.ts';

/** The paths that end in a shell, or in commands as root. */
export const SHELL_PATHS: readonly PathId[] = ACCESS_PATHS.filter(({ groups }) =>
  groups.some((group) => group === 'shell' || group === 'root'),
).map(({ id }) => id);

const known = new WeakMap<Facts, ReadonlyMap<number, readonly CellGroup[]>>();

/** The cells of these paths that each principal holds itself. */
export function shellCells(facts: Facts): ReadonlyMap<number, readonly CellGroup[]> {
  return remembered(known, facts, () => {
    const found = new Map<number, CellGroup[]>();
    for (const path of SHELL_PATHS) {
      for (const [principal, cells] of facts.held(path))
        remembered(found, principal, (): CellGroup[] => []).push(...cells);
    }
    return found;
  });
}
