import { remembered } from '../../memory/remembered.ts';
import type { PathId, Verdict } from '../paths/cell.ts';
import type { CellGroup, Matrix, MatrixInstance } from '../paths/matrix.ts';
import { RowGroup } from '../row-groups.ts';

/** The wanted cells. A member that is left out means all. */
export interface CellFilter {
  readonly principal?: string;
  readonly instance?: string;
  /** one, or any of several */
  readonly path?: PathId | readonly PathId[];
  readonly verdict?: Verdict;
  readonly region?: string;
  // the filters from here on need the snapshot: `cellsOf` applies them
  /** only those of people */
  readonly people?: true;
  /** only on instances with all of these tags */
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  /** leave out cells that would not work now; unknown ones stay */
  readonly reachable?: true;
}

/** The wanted paths; null: all. */
export const pathsIn = ({ path }: CellFilter): ReadonlySet<PathId> | null =>
  path === undefined ? null : new Set([path].flat());

/** True if the snapshot is needed to decide which cells of a group are wanted. */
export const asksSnapshot = ({ people, tags, reachable }: CellFilter): boolean =>
  people === true || tags !== undefined || reachable === true;

/** A group, reduced to its wanted principals and instances. */
export interface FoundGroup {
  readonly group: CellGroup;
  readonly principals: readonly number[];
  /** null: all instances of the group, not listed */
  readonly instances: readonly number[] | null;
}

/** The groups with a wanted cell, in the matrix's order. Lists no instances of other groups. */
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

/** The number of instances of a group, without listing them. */
export function instanceCount(group: CellGroup): number {
  return group instanceof RowGroup ? group.set.size : group.instances.length;
}

/** The first instance of a group, without listing them; undefined: it has none. */
export function firstInstance(group: CellGroup): number | undefined {
  return group instanceof RowGroup ? group.set.first : group.instances[0];
}

export function holdsInstance(group: CellGroup, instance: number): boolean {
  return group instanceof RowGroup ? group.set.has(instance) : group.instances.includes(instance);
}

/** Groups share their lists of instances, so each list is searched once. */
function among(
  list: readonly number[],
  wanted: readonly number[],
  known: Map<readonly number[], readonly number[]>,
): readonly number[] {
  return remembered(known, list, () => wanted.filter((one) => list.includes(one)));
}

/** The indexes of the wanted instances; null: all. */
function wantedInstances(
  all: readonly MatrixInstance[],
  { instance, region }: CellFilter,
): readonly number[] | null {
  const named = indexes(all, ({ id }) => id, instance);
  if (region === undefined) return named;
  return (named ?? [...all.keys()]).filter((at) => all[at]?.region === region);
}

/** The index of the wanted name in a list; null: all are wanted. */
function indexes<T>(
  list: readonly T[],
  nameOf: (item: T) => string,
  wanted: string | undefined,
): readonly number[] | null {
  if (wanted === undefined) return null;
  const at = list.findIndex((item) => nameOf(item) === wanted);
  return at < 0 ? [] : [at];
}
