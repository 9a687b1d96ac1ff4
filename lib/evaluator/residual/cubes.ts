import { isSpent, spend, type Work } from '../work.ts';

/**
 * A product term over variables with finitely many values: for each variable the set of its values, as bits.
 * A list of cubes is their union.
 */
export type Cube = readonly bigint[];

function intersect(a: Cube, b: Cube): Cube | null {
  const result = a.map((mask, i) => mask & (b[i] as bigint));
  return result.every((mask) => mask !== 0n) ? result : null;
}

function contains(outer: Cube, inner: Cube): boolean {
  return inner.every((mask, i) => (mask & ~(outer[i] as bigint)) === 0n);
}

/** Removes cubes that another one contains; out of work, some of these stay. */
export function absorb(cubes: readonly Cube[], work: Work): Cube[] {
  const kept: Cube[] = [];
  for (const cube of cubes) insert(cube, kept, work);
  return kept;
}

/** Adds a cube to cubes none of which contains another, and keeps them so. */
function insert(cube: Cube, kept: Cube[], work: Work): void {
  if (!spend(work, kept.length * cube.length)) {
    if (kept.some((other) => contains(other, cube))) return;
    for (let i = kept.length - 1; i >= 0; i--) if (contains(cube, kept[i] as Cube)) kept.splice(i, 1);
  }
  kept.push(cube);
}

/** The points in either union; null if they are more than `limit` cubes, or the work runs out. */
export function join(
  a: readonly Cube[],
  b: readonly Cube[],
  limit: number,
  work: Work,
): readonly Cube[] | null {
  const kept = [...a];
  for (const cube of b) {
    insert(cube, kept, work);
    if (kept.length > limit || isSpent(work)) return null;
  }
  return kept;
}

/** The points that are in both unions; null likewise. */
export function product(
  a: readonly Cube[],
  b: readonly Cube[],
  limit: number,
  work: Work,
): readonly Cube[] | null {
  const kept: Cube[] = [];
  for (const one of a) {
    for (const other of b) {
      const cube = intersect(one, other);
      if (cube) insert(cube, kept, work);
      if (kept.length > limit || spend(work, one.length)) return null;
    }
  }
  return kept;
}

/** True if every point of the cube is in the union. Out of work, the answer is no. */
export function covers(union: readonly Cube[], cube: Cube, work: Work): boolean {
  if (spend(work, union.length * cube.length)) return false;
  const near = union.filter((other) => intersect(other, cube));
  if (near.some((other) => contains(other, cube))) return true;
  const other = near[0];
  if (!other) return false;
  const variable = cube.findIndex((mask, i) => (mask & ~(other[i] as bigint)) !== 0n);
  const mask = cube[variable] as bigint;
  const inside = mask & (other[variable] as bigint);
  return (
    covers(near, cube.with(variable, inside), work) && covers(near, cube.with(variable, mask & ~inside), work)
  );
}

/** The union as few and wide cubes: every one prime, none redundant; less so if the work runs out. */
export function minimise(cubes: readonly Cube[], work: Work): readonly Cube[] {
  return cubes.length === 0 ? [] : irredundant(primes(cubes, work), work);
}

/** Merges cubes that differ in one variable only. */
function merge(cubes: readonly Cube[]): readonly Cube[] {
  let merged = cubes;
  for (let variable = 0; variable < (cubes[0] as Cube).length; variable++) {
    const alike = Map.groupBy(merged, (cube) => cube.with(variable, 0n).join());
    merged = [...alike.values()].map((group) => {
      const mask = group.reduce((sum, cube) => sum | (cube[variable] as bigint), 0n);
      return (group[0] as Cube).with(variable, mask);
    });
  }
  return merged;
}

/** Iterated consensus: two cubes that intersect in all variables but one also cover what is between them. */
function primes(cubes: readonly Cube[], work: Work): readonly Cube[] {
  const variables = (cubes[0] as Cube).length;
  if (spend(work, cubes.length * variables ** 2)) return cubes;
  let all = absorb(merge(cubes), work);
  while (!spend(work, all.length ** 2 * variables * Math.max(all.length, variables))) {
    const found = all.flatMap((a, i) => all.slice(i + 1).flatMap((b) => consensus(a, b)));
    const fresh = found.filter((cube) => !all.some((other) => contains(other, cube)));
    if (fresh.length === 0) break;
    all = absorb([...all, ...fresh], work);
  }
  return all;
}

function consensus(a: Cube, b: Cube): readonly Cube[] {
  const between = a.map((_, variable) =>
    a.map((mask, i) => (i === variable ? mask | (b[i] as bigint) : mask & (b[i] as bigint))),
  );
  return between.filter((cube) => cube.every((mask) => mask !== 0n));
}

/** Drops cubes that the others cover, the narrowest first. */
function irredundant(cubes: readonly Cube[], work: Work): readonly Cube[] {
  const sized = cubes.map((cube) => ({ cube, size: size(cube) })).sort((a, b) => a.size - b.size);
  let kept = sized.map(({ cube }) => cube);
  for (const { cube } of sized) {
    const others = kept.filter((other) => other !== cube);
    if (covers(others, cube, work)) kept = others;
  }
  return kept;
}

function size(cube: Cube): number {
  return cube.reduce((sum, mask) => sum + mask.toString(2).replaceAll('0', '').length, 0);
}
