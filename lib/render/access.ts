import type { CellGroup, Matrix } from '../matrix/matrix.ts';
import { NONE, ROOT, SHELL, SHELL_IF, strengthOf } from './strength.ts';

/** Things that the matrix cannot tell apart: `members` index its list, and `groups` are the cell groups they are in. */
export interface AccessClass {
  readonly members: readonly number[];
  readonly groups: readonly number[];
}

/** A principal class with its strongest path on every instance (an index into `STRENGTHS` each). */
export interface AccessRow extends AccessClass {
  readonly strengths: Uint8Array;
  readonly strongest: number;
  /** on how many instances: root; a shell or more; a shell under a condition at best; anything at all */
  readonly root: number;
  readonly shell: number;
  readonly shellIf: number;
  readonly any: number;
}

/** The strongest path of every principal on every instance, principals with the same cells folded into one row. */
export interface Access {
  readonly groupStrengths: readonly number[];
  readonly rows: readonly AccessRow[];
  /** the row of each principal, by its index in the matrix */
  readonly rowOf: readonly number[];
  readonly instanceClasses: readonly AccessClass[];
}

/** Reads the groups, never the cells one by one, so that a matrix of millions of cells stays cheap. */
export function accessOf(matrix: Matrix): Access {
  const groupStrengths = matrix.groups.map((group) =>
    strengthOf(group.path, group.outcome.verdict, group.outcome.landsAs),
  );
  const principalClasses = classesOf(matrix.principals.length, matrix.groups, (group) => group.principals);
  const rowOf = new Array<number>(matrix.principals.length).fill(-1);
  for (const [index, principalClass] of principalClasses.entries()) {
    for (const member of principalClass.members) rowOf[member] = index;
  }
  return {
    groupStrengths,
    rows: principalClasses.map((principalClass) => rowFor(principalClass, matrix, groupStrengths)),
    rowOf,
    instanceClasses: classesOf(matrix.instances.length, matrix.groups, (group) => group.instances),
  };
}

function classesOf(
  size: number,
  groups: readonly CellGroup[],
  side: (group: CellGroup) => readonly number[],
): AccessClass[] {
  const memberOf: number[][] = Array.from({ length: size }, () => []);
  for (const [index, group] of groups.entries()) {
    for (const member of side(group)) memberOf[member]?.push(index);
  }
  const classes = new Map<string, { members: number[]; groups: readonly number[] }>();
  for (const [member, ofGroups] of memberOf.entries()) {
    const key = ofGroups.join(',');
    const known = classes.get(key);
    if (known === undefined) classes.set(key, { members: [member], groups: ofGroups });
    else known.members.push(member);
  }
  return [...classes.values()];
}

function rowFor(principalClass: AccessClass, matrix: Matrix, groupStrengths: readonly number[]): AccessRow {
  const strengths = new Uint8Array(matrix.instances.length);
  for (const index of principalClass.groups) {
    const strength = groupStrengths[index] ?? NONE;
    for (const instance of matrix.groups[index]?.instances ?? []) {
      if (strength > (strengths[instance] ?? NONE)) strengths[instance] = strength;
    }
  }
  const tally = new Array<number>(ROOT + 1).fill(0);
  for (const strength of strengths) tally[strength] = (tally[strength] ?? 0) + 1;
  const root = tally[ROOT] ?? 0;
  return {
    ...principalClass,
    strengths,
    strongest: tally.findLastIndex((n) => n > 0),
    root,
    shell: root + (tally[SHELL] ?? 0),
    shellIf: tally[SHELL_IF] ?? 0,
    any: strengths.length - (tally[NONE] ?? 0),
  };
}

/** How many cells the matrix holds that are not denied. */
export function cellCount(matrix: Matrix): number {
  let cells = 0;
  for (const group of matrix.groups) cells += group.principals.length * group.instances.length;
  return cells;
}
