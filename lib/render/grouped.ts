import type { CellFilter, FoundGroup } from '../matrix/answers/find-groups.ts';
import { groupsOf } from '../matrix/answers/list-cells.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { Grant, PathId, PrincipalKind } from '../matrix/paths/cell.ts';
import type { CellGroup, Matrix } from '../matrix/paths/matrix.ts';
import { RowGroup } from '../matrix/row-groups.ts';
import { type HeldBy, SetHolders } from '../snapshot/held-by.ts';
import { permissionSetOf } from '../snapshot/permission-set.ts';
import { type Access, accessOf } from './access.ts';
import type { Report } from './report.ts';
import { strengthAt } from './strength.ts';

export const GROUPINGS = ['principal', 'instance', 'cause'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Cells with a common property, counted. */
export interface GroupedRow {
  readonly principal?: string;
  readonly kind?: PrincipalKind;
  /** of the role of a permission set: the groups and the people behind it */
  readonly heldBy?: HeldBy;
  readonly instance?: string;
  readonly name?: string | null;
  readonly region?: string;
  /** the granting statement; null: a cell that is unknown without `missing` */
  readonly cause?: Grant | null;
  readonly missing?: string;
  /** the strongest access of the cells */
  readonly strongest: string;
  /** the number, if the row is not about one */
  readonly principals?: number;
  readonly people?: number;
  /** people behind the permission sets among them, each once; null: not read, or not all. Left out: no set is among them */
  readonly behindSets?: number | null;
  readonly instances?: number;
  readonly paths: readonly PathId[];
}

/** The data for each kind of row. */
interface GroupingData {
  readonly matrix: Matrix;
  readonly access: Access;
  readonly kind: (principal: string) => PrincipalKind;
  readonly holders: SetHolders;
}

/**
 * The cells of a filter by a common property, the most severe first. They are counted by class, not listed.
 * `isAsked`: only these principals.
 */
export function groupedBy(
  grouping: Grouping,
  { matrix, snapshot }: Pick<Report, 'matrix' | 'snapshot'>,
  filter: CellFilter,
  isAsked?: (principal: string) => boolean,
) {
  const { groups, kind } = groupsOf(matrix, snapshot, filter);
  const asked = { ...matrix, groups: [...groupsAsked(matrix, groups, isAsked)] };
  const rows = { principal: byPrincipal, instance: byInstance, cause: byCause }[grouping];
  return rows({ matrix: asked, access: accessOf(asked), kind, holders: new SetHolders(snapshot) })
    .sort((a, b) => b.strength - a.strength || b.size - a.size || (a.key < b.key ? -1 : 1))
    .map(({ row }) => row);
}

function* groupsAsked(
  { principals }: Matrix,
  groups: Iterable<FoundGroup>,
  isAsked: ((principal: string) => boolean) | undefined,
): Generator<CellGroup> {
  const asked = isAsked && new Set([...principals.keys()].filter((at) => isAsked(principals[at]?.arn ?? '')));
  for (const found of groups) {
    const own = asked ? [...found.principals].filter((one) => asked.has(one)) : found.principals;
    if (!asked || [...own].length > 0) yield asGroup({ ...found, principals: own });
  }
}

interface Ranked {
  readonly strength: number;
  readonly size: number;
  readonly key: string;
  readonly row: GroupedRow;
}

function asGroup({ group, principals, instances }: FoundGroup): CellGroup {
  const { path, outcome } = group;
  if (group instanceof RowGroup && instances === null)
    return new RowGroup(path, outcome, group.set, [...principals]);
  return { path, outcome, principals, instances: instances ?? group.instances };
}

function byPrincipal({ matrix, access, kind, holders }: GroupingData): Ranked[] {
  return access.rows
    .filter(({ groups }) => groups.length > 0)
    .flatMap(({ members, groups, any }) => {
      const shared = sharedOf(matrix, access, groups);
      return members.map((member): Ranked => {
        const principal = matrix.principals[member]?.arn ?? '';
        const heldBy = holders.of(principal);
        const row = {
          ...{ principal, kind: kind(principal), ...(heldBy && { heldBy }) },
          ...{ ...shared.said, instances: any, paths: shared.paths },
        };
        return { strength: shared.strength, size: any, key: principal, row };
      });
    });
}

function byInstance(asked: GroupingData): Ranked[] {
  const { matrix, access } = asked;
  return access.instanceClasses.flatMap(({ members }) => {
    const groups = access.groupsOn(members[0] ?? -1);
    if (groups.length === 0) return [];
    const shared = sharedOf(matrix, access, groups);
    const who = whoIn(groups, asked);
    return members.flatMap((member): Ranked[] => {
      const instance = matrix.instances[member];
      if (instance === undefined) return [];
      const { id, name, region } = instance;
      const row = { instance: id, name, region, ...shared.said, ...who, paths: shared.paths };
      return [{ strength: shared.strength, size: who.principals, key: id, row }];
    });
  });
}

function byCause(asked: GroupingData): Ranked[] {
  const { matrix, access } = asked;
  const causes = new Map<string, { readonly of: Pick<GroupedRow, 'cause' | 'missing'>; groups: number[] }>();
  const add = (key: string, of: Pick<GroupedRow, 'cause' | 'missing'>, group: number): void => {
    const cause = causes.get(key) ?? { of, groups: [] };
    if (cause.groups.at(-1) !== group) cause.groups.push(group);
    causes.set(key, cause);
  };
  for (const [index, { outcome }] of matrix.groups.entries()) {
    for (const grant of outcome.grants)
      add(`${grant.policy}\n${grant.statement}\n${grant.layer}`, { cause: grant }, index);
    if (outcome.grants.length === 0) {
      const { missing } = outcome;
      add(missing ?? '', { cause: null, ...(missing !== undefined && { missing }) }, index);
    }
  }
  return [...causes].map(([key, { of, groups }]) => {
    const shared = sharedOf(matrix, access, groups);
    const instances = access.coveredBy(groups);
    const who = whoIn(groups, asked);
    const row = { ...of, ...shared.said, ...who, instances, paths: shared.paths };
    return { strength: shared.strength, size: who.principals * instances, key, row };
  });
}

/** What groups give together. */
function sharedOf(matrix: Matrix, access: Access, groups: readonly number[]) {
  const strength = groups.reduce((most, group) => Math.max(most, access.groupStrengths[group] ?? 0), 0);
  const [strongest = ''] = strengthAt(strength).word.split(':');
  const held = new Set(groups.map((group) => matrix.groups[group]?.path));
  return {
    strength,
    said: { strongest },
    paths: ACCESS_PATHS.map(({ id }) => id).filter((id) => held.has(id)),
  };
}

function whoIn(groups: readonly number[], { matrix, kind, holders }: GroupingData) {
  const who = new Set<number>();
  for (const group of groups) for (const one of matrix.groups[group]?.principals ?? []) who.add(one);
  const arns = [...who].map((one) => matrix.principals[one]?.arn ?? '');
  const people = arns.filter((arn) => kind(arn) === 'person').length;
  const sets = arns.filter((arn) => permissionSetOf(arn) !== null);
  const behind = sets.length === 0 ? {} : { behindSets: behindThem(sets, holders) };
  return { principals: who.size, people, ...behind };
}

function behindThem(sets: readonly string[], holders: SetHolders): number | null {
  const all = new Set<string>();
  for (const arn of sets) {
    const people = holders.people(arn);
    if (people === null) return null;
    for (const id of people.keys()) all.add(id);
  }
  return all.size;
}
