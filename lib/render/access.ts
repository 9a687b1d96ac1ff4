import { addBits, type Bits, eachPlace, emptyBits, hasBit, placesIn } from '../evaluator/bits.ts';
import { instanceCount } from '../matrix/answers/find-groups.ts';
import { type FoldedInstances, foldInstances } from '../matrix/fold-instances.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import { strengthOf } from './strength.ts';
import { NONE, ROOT, SHELL, SHELL_IF } from './strengths.ts';

/** Instances that are equal in the matrix, by their indexes in its list. */
export interface InstanceClass {
  readonly members: readonly number[];
}

/** Principals that are equal in the matrix, and their strongest path on each class of instances. */
export interface AccessRow {
  readonly members: readonly number[];
  /** the cell groups that they are in */
  readonly groups: readonly number[];
  /** by class of instances, an index into `STRENGTHS` each */
  readonly strengths: Uint8Array;
  readonly strongest: number;
  /** number of instances: with root; with a shell or more; with a conditional shell at best; with any path */
  readonly root: number;
  readonly shell: number;
  readonly shellIf: number;
  readonly any: number;
}

/** The strongest path of every principal on every instance, both folded into classes. */
export interface Access {
  readonly groupStrengths: readonly number[];
  readonly rows: readonly AccessRow[];
  readonly instanceClasses: readonly InstanceClass[];
  /** the class of each instance, by its index in the matrix */
  readonly classOf: Uint32Array;
  /** the cell groups of an instance */
  readonly groupsOn: (instance: number) => readonly number[];
  /** number of instances that these groups cover together */
  readonly coveredBy: (groups: readonly number[]) => number;
}

const known = new WeakMap<Matrix, Access>();

/**
 * Reads groups and classes, never single cells, so that a matrix of billions of cells stays cheap. It is
 * computed once per matrix: page, digest and the account's summary all use it.
 */
export const accessOf = (matrix: Matrix): Access => remembered(known, matrix, () => foldAccess(matrix));

function foldAccess(matrix: Matrix): Access {
  const folded = foldInstances(matrix);
  const members: number[][] = Array.from({ length: folded.classes }, () => []);
  for (let i = 0; i < folded.classOf.length; i++) members[folded.classOf[i] as number]?.push(i);
  const groupStrengths = matrix.groups.map((group) =>
    strengthOf(group.path, group.outcome.verdict, group.outcome.landsAs),
  );
  const sizes = members.map((list) => list.length);
  const setOf = (group: number): Bits => folded.sets[folded.setOf[group] as number] as Bits;
  return {
    groupStrengths,
    rows: rowsOf(matrix, folded, sizes, groupStrengths),
    instanceClasses: members.map((list) => ({ members: list })),
    classOf: folded.classOf,
    groupsOn: (instance) => {
      const number = folded.classOf[instance] ?? 0;
      return matrix.groups.flatMap((_, group) => (hasBit(setOf(group), number) ? [group] : []));
    },
    coveredBy: (groups) => {
      const bits = emptyBits(folded.classes);
      for (const group of groups) addBits(bits, setOf(group));
      return placesIn(bits).reduce((sum, number) => sum + (sizes[number] ?? 0), 0);
    },
  };
}

function rowsOf(
  matrix: Matrix,
  folded: FoldedInstances,
  sizes: readonly number[],
  groupStrengths: readonly number[],
): AccessRow[] {
  const groupsOf: number[][] = matrix.principals.map(() => []);
  for (const [index, group] of matrix.groups.entries()) {
    for (const principal of group.principals) groupsOf[principal]?.push(index);
  }
  const classes = Map.groupBy(groupsOf.keys(), (principal) => groupsOf[principal]?.join() ?? '');
  return [...classes.values()].map((members) => {
    const groups = groupsOf[members[0] ?? 0] ?? [];
    const strengths = strengthsOf(groups, folded, groupStrengths);
    return { members, groups, strengths, ...tallyOf(strengths, sizes) };
  });
}

/** The strongest of all groups on each class. */
function strengthsOf(
  groups: readonly number[],
  folded: FoldedInstances,
  groupStrengths: readonly number[],
): Uint8Array {
  const covered = Array.from({ length: ROOT + 1 }, () => new Set<Bits>());
  for (const group of groups)
    covered[groupStrengths[group] ?? NONE]?.add(folded.sets[folded.setOf[group] as number] as Bits);
  const strengths = new Uint8Array(folded.classes);
  for (const [strength, sets] of covered.entries()) {
    if (strength === NONE || sets.size === 0) continue;
    const bits = emptyBits(folded.classes);
    for (const set of sets) addBits(bits, set);
    // there are as many numbers as rows times classes: they are not listed
    eachPlace(bits, (number) => {
      strengths[number] = strength;
    });
  }
  return strengths;
}

function tallyOf(
  strengths: Uint8Array,
  sizes: readonly number[],
): Pick<AccessRow, 'strongest' | 'root' | 'shell' | 'shellIf' | 'any'> {
  const tally = new Array<number>(ROOT + 1).fill(0);
  for (let number = 0; number < strengths.length; number++) {
    const strength = strengths[number] as number;
    tally[strength] = (tally[strength] as number) + (sizes[number] as number);
  }
  const root = tally[ROOT] ?? 0;
  return {
    strongest: tally.findLastIndex((n) => n > 0),
    root,
    shell: root + (tally[SHELL] ?? 0),
    shellIf: tally[SHELL_IF] ?? 0,
    any: tally.reduce((sum, n) => sum + n, 0) - (tally[NONE] ?? 0),
  };
}

/** The number of cells in the matrix that are not denied. */
export function cellCount(matrix: Matrix): number {
  let cells = 0;
  for (const group of matrix.groups) cells += group.principals.length * instanceCount(group);
  return cells;
}
