import { type Bits, emptyBits, setBit } from '../evaluator/bits.ts';
import { ACCESS_PATHS, type AccessPath } from '../matrix/paths/access-paths.ts';
import type { CellGroup, Matrix, Outcome } from '../matrix/paths/matrix.ts';
import { overlay, type Piece } from '../matrix/rows/pieces.ts';
import { remembered } from '../memory/remembered.ts';
import type { CellChange } from './cell-changes.ts';

/**
 * The cells in which two whole matrices of the same instances differ. Principals that only the second has are numbered
 * after those of the first. Principals with the same groups are compared once.
 */
export function matrixDifference(before: Matrix, after: Matrix): readonly CellChange[] {
  const numbers = new Map(before.principals.map(({ arn }, i) => [arn, i]));
  for (const { arn } of after.principals) if (!numbers.has(arn)) numbers.set(arn, numbers.size);
  const numberOf = after.principals.map(({ arn }) => numbers.get(arn) as number);
  const [was, is] = [groupsBy(before, (p) => p), groupsBy(after, (p) => numberOf[p] as number)];
  const sets = new Sets(before.instances.length);
  return ACCESS_PATHS.flatMap((path) => {
    const [old, own] = [was.get(path.id) ?? NO_GROUPS, is.get(path.id) ?? NO_GROUPS];
    const principals = [...new Set([...old.keys(), ...own.keys()])];
    const names = new Map<readonly CellGroup[], string>();
    const alike = Map.groupBy(principals, (p) =>
      [old.get(p) ?? NONE, own.get(p) ?? NONE].map((groups) => sets.nameOf(groups, names)).join('|'),
    );
    return [...alike.values()].flatMap((members) => {
      const [first = -1] = members;
      return differencesOf(path, members, [old.get(first) ?? NONE, own.get(first) ?? NONE], sets);
    });
  });
}

type ByPrincipal = ReadonlyMap<number, readonly CellGroup[]>;

const NO_GROUPS: ByPrincipal = new Map();
const NONE: readonly CellGroup[] = [];

function groupsBy(matrix: Matrix, numberOf: (p: number) => number): ReadonlyMap<string, ByPrincipal> {
  const found = new Map<string, Map<number, CellGroup[]>>();
  for (const group of matrix.groups) {
    const byPrincipal = remembered(found, group.path, () => new Map<number, CellGroup[]>());
    for (const p of group.principals) remembered(byPrincipal, numberOf(p), (): CellGroup[] => []).push(group);
  }
  return found;
}

function differencesOf(
  path: AccessPath,
  principals: readonly number[],
  beforeAndAfter: readonly [readonly CellGroup[], readonly CellGroup[]],
  sets: Sets,
): readonly CellChange[] {
  const pieces = beforeAndAfter.map((groups) =>
    groups.map((group): Piece<Outcome> => ({ bits: sets.of(group), value: group.outcome })),
  );
  return overlay(pieces).flatMap(({ bits, values: [was = null, is = null] }) => {
    if (was === is || (was && is && stateOf(was) === stateOf(is))) return [];
    return [{ path: path.id, principals, instances: sets.listOf(bits), before: was, after: is }];
  });
}

const stateOf = (outcome: Outcome): string =>
  JSON.stringify([outcome.verdict, outcome.condition?.text ?? null, outcome.landsAs]);

/** The instances of groups as bits, each list once. */
class Sets {
  readonly #width: number;
  readonly #bits = new Map<readonly number[], Bits>();
  readonly #names = new Map<CellGroup, number>();
  readonly #lists = new Map<Bits, readonly number[]>();

  constructor(width: number) {
    this.#width = width;
  }

  of({ instances }: CellGroup): Bits {
    return remembered(this.#bits, instances, () => {
      const bits = emptyBits(this.#width);
      for (const instance of instances) setBit(bits, instance);
      this.#lists.set(bits, instances);
      return bits;
    });
  }

  listOf(bits: Bits): readonly number[] {
    return remembered(this.#lists, bits, () => {
      const list: number[] = [];
      for (let i = 0; i < this.#width; i++) if (((bits[i >>> 5] as number) >>> (i & 31)) & 1) list.push(i);
      return list;
    });
  }

  nameOf(groups: readonly CellGroup[], known: Map<readonly CellGroup[], string>): string {
    return remembered(known, groups, () =>
      groups.map((group) => remembered(this.#names, group, () => this.#names.size + 1)).join(),
    );
  }
}
