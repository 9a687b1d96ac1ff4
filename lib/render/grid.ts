import { compileAccount } from '../matrix/account/account.ts';
import { AgentChannels } from '../matrix/account/agent-channels.ts';
import { holdsInstance } from '../matrix/answers/find-groups.ts';
import { cellsOf } from '../matrix/answers/list-cells.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { Cell } from '../matrix/paths/cell.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import { isReachable } from '../matrix/paths/reachable.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Access, AccessRow } from './access.ts';
import { byText } from './changes.ts';
import { PAGE_LIMITS } from './limits.ts';
import { shortPrincipal } from './names.ts';

/** One line of the drawn matrix: a principal, or several that the matrix cannot tell apart. */
export interface GridRow {
  readonly members: readonly number[];
  readonly row: AccessRow;
}

/** One column: an instance, or several alike. */
export interface GridColumn {
  readonly members: readonly number[];
}

/** What of the matrix is drawn, and how much is not. */
export interface Grid {
  readonly rows: readonly GridRow[];
  readonly columns: readonly GridColumn[];
  /** principals that have access and are in no row */
  readonly leftPrincipals: number;
  readonly leftInstances: number;
  /** principals without any access */
  readonly idlePrincipals: number;
}

/** Picks the rows and columns to draw: each on its own where there is room, folded by class where not, worst first. */
export function gridOf(matrix: Matrix, access: Access): Grid {
  const active = access.rows.filter((row) => row.any > 0);
  const activeCount = memberCount(active);
  const expand = activeCount <= PAGE_LIMITS.gridRows;
  const all: GridRow[] = active.flatMap((row) =>
    expand ? row.members.map((member) => ({ members: [member], row })) : [{ members: row.members, row }],
  );
  const name = (row: GridRow) => shortPrincipal(matrix.principals[row.members[0] ?? 0]?.arn ?? '');
  all.sort((a, b) => strongestFirst(a.row, b.row) || byText(name(a), name(b)));
  const rows = all.slice(0, PAGE_LIMITS.gridRows);
  const columns = columnsOf(matrix, access);
  return {
    rows,
    columns,
    leftPrincipals: activeCount - memberCount(rows),
    leftInstances: matrix.instances.length - memberCount(columns),
    idlePrincipals: matrix.principals.length - activeCount,
  };
}

export function strongestFirst(a: AccessRow, b: AccessRow): number {
  return (
    b.strongest - a.strongest ||
    b.root - a.root ||
    b.shell - a.shell ||
    b.shellIf - a.shellIf ||
    b.any - a.any
  );
}

export function memberCount(rows: readonly { readonly members: readonly number[] }[]): number {
  return rows.reduce((sum, row) => sum + row.members.length, 0);
}

function columnsOf(matrix: Matrix, access: Access): GridColumn[] {
  const expand = matrix.instances.length <= PAGE_LIMITS.gridColumns;
  const columns = access.instanceClasses.flatMap((one) =>
    expand ? one.members.map((member) => ({ members: [member] })) : [{ members: one.members }],
  );
  const exposure = exposureOf(access, matrix.instances.length);
  const worst = (column: GridColumn) => exposure[column.members[0] ?? 0] ?? 0;
  const kept = columns.sort((a, b) => worst(b) - worst(a)).slice(0, PAGE_LIMITS.gridColumns);
  return kept.sort((a, b) => byInstance(matrix, a.members[0] ?? 0, b.members[0] ?? 0));
}

/** How exposed each instance is: the strongest path onto it first, then how many principals have that. */
export function exposureOf(access: Access, instances: number): number[] {
  const strongest = new Uint8Array(access.instanceClasses.length);
  const holders = new Float64Array(access.instanceClasses.length);
  for (const { strengths, members } of access.rows) {
    for (let one = 0; one < strengths.length; one++) {
      const strength = strengths[one] as number;
      if (strength < (strongest[one] as number)) continue;
      if (strength > (strongest[one] as number)) holders[one] = 0;
      strongest[one] = strength;
      holders[one] = (holders[one] as number) + members.length;
    }
  }
  return Array.from({ length: instances }, (_, index) => {
    const one = access.classOf[index] ?? 0;
    return (strongest[one] ?? 0) * 1e7 + (holders[one] ?? 0);
  });
}

/** By region, then name, then id. */
export function byInstance(matrix: Matrix, a: number, b: number): number {
  const one = matrix.instances[a];
  const other = matrix.instances[b];
  if (one === undefined || other === undefined) return a - b;
  return (
    byText(one.region, other.region) || byText(one.name ?? '~', other.name ?? '~') || byText(one.id, other.id)
  );
}

/** The cells of some principals on some instances, by their indexes in the matrix. */
export function cellsAmong(
  matrix: Matrix,
  snapshot: Snapshot,
  principals: ReadonlySet<number>,
  instances: ReadonlySet<number>,
): Iterable<Cell> {
  const groups = matrix.groups.flatMap((group) => {
    const held = group.principals.filter((index) => principals.has(index));
    if (held.length === 0) return [];
    const on = [...instances].filter((index) => holdsInstance(group, index));
    return on.length === 0
      ? []
      : [{ path: group.path, principals: held, instances: on, outcome: group.outcome }];
  });
  return cellsOf({ ...matrix, groups }, snapshot);
}

/** Whether each path would work now on each of some instances, keyed by `reachKey`. It does not depend on who asks. */
export function reachabilityOf(
  matrix: Matrix,
  snapshot: Snapshot,
  instances: ReadonlySet<number>,
): ReadonlyMap<string, boolean | null> {
  const wanted = new Set([...instances].map((index) => matrix.instances[index]?.id));
  const agents = new AgentChannels(compileAccount(snapshot));
  const reach = new Map<string, boolean | null>();
  for (const region of snapshot.regions) {
    for (const instance of region.instances ?? []) {
      if (!wanted.has(instance.id)) continue;
      for (const { id, fact } of ACCESS_PATHS)
        reach.set(reachKey(instance.id, id), isReachable(fact, instance, region, agents));
    }
  }
  return reach;
}

export function reachKey(instance: string, path: string): string {
  return `${path} ${instance}`;
}
