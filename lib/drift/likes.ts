import { placesIn } from '../evaluator/bits.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import type { Names, Side, Sides } from './sides.ts';

/** What came or went: whether the other audit has one with the same access, and what those share that have the same. */
export interface Life {
  /** equal where the access is */
  readonly print: string;
  /** the other audit has one with the same access */
  readonly alike: boolean;
  /** with this same access, some came and some went */
  readonly replaced: boolean;
}

/** The life of each instance and principal that is in one of the two audits only, by its number. */
export interface Lives {
  readonly instances: ReadonlyMap<number, Life>;
  readonly principals: ReadonlyMap<number, Life>;
}

/**
 * Access is compared by prints: sums over cells, each a product of random numbers for the principal or instance, the
 * path and the state, so that it does not matter how cells are grouped. Two sums of 32 bits make one print.
 */
export function livesOf({ names, before, after }: Sides): Lives {
  return {
    instances: lives(names.instances.length, [before.instances, after.instances], () => [
      columnPrints(before),
      columnPrints(after),
    ]),
    principals: lives(names.principals.length, [before.principals, after.principals], () => [
      rowPrints(before, names),
      rowPrints(after, names),
    ]),
  };
}

type Pair<T> = readonly [before: T, after: T];

/** `printsOf`: by the matrix's own index. */
function lives(
  count: number,
  there: Pair<Int32Array>,
  printsOf: () => Pair<readonly string[]>,
): Map<number, Life> {
  const sides = new Uint8Array(count);
  for (const number of there[0]) sides[number] = (sides[number] as number) | 1;
  for (const number of there[1]) sides[number] = (sides[number] as number) | 2;
  const found = new Map<number, Life>();
  if (sides.every((side) => side === 3)) return found;
  const prints = printsOf();
  const all = prints.map((list) => new Set(list));
  const moved = prints.map(
    (list, side) => new Set(list.filter((_, i) => sides[there[side]?.[i] ?? 0] !== 3)),
  );
  for (const side of [0, 1] as const) {
    there[side].forEach((number, index) => {
      if (sides[number] === 3) return;
      const print = prints[side][index] as string;
      const alike = all[1 - side]?.has(print) === true;
      found.set(number, { print, alike, replaced: moved[1 - side]?.has(print) === true });
    });
  }
  return found;
}

const LANES = [0x9e3779b9, 0x85ebca6b] as const;

/** A random odd number for each name. */
function mix(value: number, lane: number): number {
  let hash = Math.imul(value + 1, 0x27d4eb2f) ^ lane;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) | 1;
}

const PATHS: ReadonlyMap<PathId, number> = new Map(ACCESS_PATHS.map(({ id }, number) => [id, number]));

/** What a path and a state weigh. */
function weightOf(path: PathId, state: number, lane: number): number {
  return mix(mix(PATHS.get(path) ?? PATHS.size, lane) ^ state, lane);
}

/** A print for each instance of the matrix. */
function columnPrints(side: Side): readonly string[] {
  const { groups, folded, principals, states } = side;
  const sums = LANES.map((lane) => {
    const held = new Map<readonly number[], number>();
    const ofSets = new Int32Array(folded.sets.length);
    groups.forEach((group, index) => {
      const holders =
        held.get(group.principals) ??
        group.principals.reduce((sum, one) => (sum + mix(principals[one] as number, lane)) | 0, 0);
      held.set(group.principals, holders);
      const set = folded.setOf[index] as number;
      const weight = weightOf(group.path, states[index] as number, lane);
      ofSets[set] = (ofSets[set] as number) + Math.imul(holders, weight);
    });
    const ofClasses = new Int32Array(folded.classes);
    folded.sets.forEach((bits, set) => {
      for (const one of placesIn(bits)) ofClasses[one] = (ofClasses[one] as number) + (ofSets[set] as number);
    });
    return ofClasses;
  });
  return Array.from(folded.classOf, (one) => sums.map((sum) => sum[one]).join());
}

/** A print for each principal of the matrix. */
function rowPrints(side: Side, names: Names): readonly string[] {
  const { groups, folded, instances, states } = side;
  const sums = LANES.map((lane) => {
    const ofClasses = new Int32Array(folded.classes);
    folded.classOf.forEach((one, instance) => {
      ofClasses[one] =
        (ofClasses[one] as number) + mix(names.principals.length + (instances[instance] as number), lane);
    });
    const ofSets = folded.sets.map((bits) =>
      placesIn(bits).reduce((sum, one) => (sum + (ofClasses[one] as number)) | 0, 0),
    );
    const rows = new Int32Array(side.principals.length);
    groups.forEach((group, index) => {
      const weight = weightOf(group.path, states[index] as number, lane);
      const added = Math.imul(ofSets[folded.setOf[index] as number] as number, weight);
      for (const one of group.principals) rows[one] = (rows[one] as number) + added;
    });
    return rows;
  });
  return Array.from(side.principals, (_, one) => sums.map((sum) => sum[one]).join());
}
