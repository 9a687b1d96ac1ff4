import type { PathId } from '../lib/matrix/paths/cell.ts';
import type { Matrix } from '../lib/matrix/paths/matrix.ts';
import { instanceCount, pickInstance } from './group-instances.ts';
import type { Random } from './random.ts';

/** One cell, by its indexes in the matrix's lists. */
export interface CellPlace {
  readonly principal: number;
  readonly instance: number;
  readonly path: PathId;
}

/**
 * This many cells: half of them anywhere, a quarter among cells that are not denied, and a quarter from one group each,
 * so that rare cells are compared as well.
 */
export function sampleCells(matrix: Matrix, count: number, random: Random): readonly CellPlace[] {
  const ends = endsOf(matrix);
  const open = ends.length === 0 ? 0 : Math.floor(count / 2);
  return Array.from({ length: count }, (_, i) => {
    if (i >= open) return anywhere(matrix, random);
    const group = i % 2 === 0 ? random.int(ends.length) : indexAt(ends, random.next() * (ends.at(-1) ?? 0));
    const one = matrix.groups[group] as Matrix['groups'][number];
    const instance = pickInstance(one, matrix.instances.length, random);
    return { path: one.path, principal: random.pick(one.principals), instance };
  });
}

const anywhere = (matrix: Matrix, random: Random): CellPlace => ({
  principal: random.int(matrix.principals.length),
  instance: random.int(matrix.instances.length),
  path: random.pick(matrix.paths),
});

/** The number of cells up to the end of each group. */
function endsOf({ groups }: Matrix): readonly number[] {
  let cells = 0;
  return groups.map((group) => {
    cells += group.principals.length * instanceCount(group);
    return cells;
  });
}

/** The first that ends after `at`. */
function indexAt(ends: readonly number[], at: number): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
