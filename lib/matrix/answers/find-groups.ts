import { remembered } from '../../memory/remembered.ts';
import type { PathId, Verdict } from '../paths/cell.ts';
import type { CellGroup, Matrix, MatrixInstance } from '../paths/matrix.ts';
import { RowGroup } from '../row-groups.ts';

/** Which cells are asked for; a member that is left out means all. */
export interface CellFilter {
  readonly principal?: string;
  readonly instance?: string;
  /** one, or any of several */
  readonly path?: PathId | readonly PathId[];
  readonly verdict?: Verdict;
  readonly region?: string;
  // what only the snapshot says: `cellsOf` leaves out the others
  /** only those of people */
  readonly people?: true;
  /** only on instances with all of these tags */
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  /** without those that would not work now; what is not known stays */
  readonly reachable?: true;
}

/** The paths that are asked for; null: all. */
export const pathsIn = ({ path }: CellFilter): ReadonlySet<PathId> | null =>
  path === undefined ? null : new Set([path].flat());

/** Whether more has to be read than the groups, to know which of their cells are asked for. */
export const asksSnapshot = ({ people, tags, reachable }: CellFilter): boolean =>
  people === true || tags !== undefined || reachable === true;

/** A group with those of its principals and instances that were asked for. */
export interface FoundGroup {
  readonly group: CellGroup;
  readonly principals: readonly number[];
  /** null: all of the group, not listed */
  readonly instances: readonly number[] | null;
}

/** The groups that hold a cell which is asked for, in the matrix's order. Lists no instances of a group that are not. */
export function* findGroups(matrix: Matrix, filter: CellFilter): Generator<FoundGroup> {
  const principals = indexes(matrix.principals, ({ arn }) => arn, filter.principal);
  const instances = wantedInstances(matrix.instances, filter);
  const paths = pathsIn(filter);
  const holders = new Map<readonly number[], readonly number[]>();
  for (const group of matrix.groups) {
    if (!isAskedFor(group, paths, filter.verdict)) continue;
    const held = principals ? among(group.principals, principals, holders) : group.principals;
    if (held.length === 0) continue;
    const on = instances?.filter((instance) => holdsInstance(group, instance)) ?? null;
    if ((on?.length ?? instanceCount(group)) > 0) yield { group, principals: held, instances: on };
  }
}

function isAskedFor(
  { path, outcome }: CellGroup,
  paths: ReadonlySet<PathId> | null,
  verdict: CellFilter['verdict'],
): boolean {
  if (paths !== null && !paths.has(path)) return false;
  return verdict === undefined || outcome.verdict === verdict;
}

/** How many instances a group is over, without listing them. */
export function instanceCount(group: CellGroup): number {
  return group instanceof RowGroup ? group.set.size : group.instances.length;
}

/** The first instance of a group, without listing them; undefined: it is over none. */
export function firstInstance(group: CellGroup): number | undefined {
  return group instanceof RowGroup ? group.set.first : group.instances[0];
}

export function holdsInstance(group: CellGroup, instance: number): boolean {
  return group instanceof RowGroup ? group.set.has(instance) : group.instances.includes(instance);
}

/** Groups share their lists, so each is looked through once. */
function among(
  list: readonly number[],
  wanted: readonly number[],
  known: Map<readonly number[], readonly number[]>,
): readonly number[] {
  return remembered(known, list, () => wanted.filter((one) => list.includes(one)));
}

/** Where those instances are that are asked for; null: all are. */
function wantedInstances(
  all: readonly MatrixInstance[],
  { instance, region }: CellFilter,
): readonly number[] | null {
  const named = indexes(all, ({ id }) => id, instance);
  if (region === undefined) return named;
  return (named ?? [...all.keys()]).filter((at) => all[at]?.region === region);
}

/** Where the wanted name is in a list; null: nothing is asked for. */
function indexes<T>(
  list: readonly T[],
  nameOf: (item: T) => string,
  wanted: string | undefined,
): readonly number[] | null {
  if (wanted === undefined) return null;
  const at = list.findIndex((item) => nameOf(item) === wanted);
  return at < 0 ? [] : [at];
}
