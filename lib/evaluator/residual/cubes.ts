/**
 * A product term over variables that take finitely many values: for each variable the set of its values, as bits.
 * A list of cubes is their union.
 */
export type Cube = readonly bigint[];

/** Beyond this many the search for better terms stops and what there is is kept: still exact, perhaps not the shortest. */
const MAX_CUBES = 400;

export function intersect(a: Cube, b: Cube): Cube | null {
  const result = a.map((mask, i) => mask & (b[i] as bigint));
  return result.every((mask) => mask !== 0n) ? result : null;
}

export function contains(outer: Cube, inner: Cube): boolean {
  return inner.every((mask, i) => (mask & ~(outer[i] as bigint)) === 0n);
}

/** Without the cubes that another one contains. */
export function absorb(cubes: readonly Cube[]): readonly Cube[] {
  const kept: Cube[] = [];
  for (const cube of cubes) {
    if (kept.some((other) => contains(other, cube))) continue;
    for (let i = kept.length - 1; i >= 0; i--) if (contains(cube, kept[i] as Cube)) kept.splice(i, 1);
    kept.push(cube);
  }
  return kept;
}

/** Is every point of the cube in the union? */
export function covers(union: readonly Cube[], cube: Cube): boolean {
  const near = union.filter((other) => intersect(other, cube));
  if (near.some((other) => contains(other, cube))) return true;
  const other = near[0];
  if (!other) return false;
  const variable = cube.findIndex((mask, i) => (mask & ~(other[i] as bigint)) !== 0n);
  const mask = cube[variable] as bigint;
  const inside = mask & (other[variable] as bigint);
  return covers(near, cube.with(variable, inside)) && covers(near, cube.with(variable, mask & ~inside));
}

/** The union as few and as wide cubes: every one prime, none of them redundant. */
export function minimise(cubes: readonly Cube[]): readonly Cube[] {
  return irredundant(primes(cubes));
}

/** Cubes that differ in one variable only are one cube. */
function merge(cubes: readonly Cube[]): readonly Cube[] {
  let merged = cubes;
  for (let variable = 0; variable < (cubes[0]?.length ?? 0); variable++) {
    const alike = Map.groupBy(merged, (cube) => cube.with(variable, 0n).join());
    merged = [...alike.values()].map((group) => {
      const mask = group.reduce((sum, cube) => sum | (cube[variable] as bigint), 0n);
      return (group[0] as Cube).with(variable, mask);
    });
  }
  return merged;
}

/** Iterated consensus: two cubes that meet in all variables but one also cover what lies between them. */
function primes(cubes: readonly Cube[]): readonly Cube[] {
  let all = absorb(merge(cubes));
  while (all.length <= MAX_CUBES) {
    const found = all.flatMap((a, i) => all.slice(i + 1).flatMap((b) => consensus(a, b)));
    const fresh = found.filter((cube) => !all.some((other) => contains(other, cube)));
    if (fresh.length === 0) break;
    all = absorb([...all, ...fresh]);
  }
  return all;
}

function consensus(a: Cube, b: Cube): readonly Cube[] {
  const result: Cube[] = [];
  for (let variable = 0; variable < a.length; variable++) {
    const cube = a.map((mask, i) => (i === variable ? mask | (b[i] as bigint) : mask & (b[i] as bigint)));
    if (cube.every((mask) => mask !== 0n)) result.push(cube);
  }
  return result;
}

/** Drops cubes that the others cover, the narrowest first. */
function irredundant(cubes: readonly Cube[]): readonly Cube[] {
  let kept = [...cubes].sort((a, b) => size(a) - size(b));
  for (const cube of [...kept]) {
    const others = kept.filter((other) => other !== cube);
    if (covers(others, cube)) kept = others;
  }
  return kept;
}

function size(cube: Cube): number {
  return cube.reduce((sum, mask) => sum + mask.toString(2).replaceAll('0', '').length, 0);
}
