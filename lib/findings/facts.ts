import { kindsIn } from '../matrix/account/kinds-of.ts';
import { instanceCount } from '../matrix/answers/find-groups.ts';
import type { PathId, PrincipalKind } from '../matrix/paths/cell.ts';
import type { CellGroup, Matrix } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { Instance, Role, Snapshot, User } from '../snapshot/snapshot.ts';
import { type Expected, NOTHING_EXPECTED } from './expected/expected.ts';
import { productionTest } from './expected/production.ts';
import { countInstances, type InstanceCounts } from './instance-counts.ts';
import { indexPolicies, type PolicyIndex } from './statements.ts';

/** Data for the rules, prepared once: cells by principal, instances by region, policies by id. */
export interface Facts extends InstanceCounts {
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
  readonly expected: Expected;
  readonly isProduction: (instance: Instance | undefined) => boolean;
  readonly policies: PolicyIndex;
  /** regions of the matrix's instances */
  readonly regions: readonly string[];
  readonly principals: ReadonlyMap<string, User | Role>;
  readonly instances: ReadonlyMap<string, Instance>;
  /** the kind of a principal, by its index */
  readonly kindOf: (principal: number) => PrincipalKind;
  /**
   * principals (indexes) with open cells on a path, and those cells: for inside principals the direct ones,
   * for outsiders those whose chain ends at an unchanged role or user, not at one that is made stronger
   * first. Service-linked roles are left out: only their service assumes them, and nobody can change what
   * they may do
   */
  readonly held: (path: PathId) => ReadonlyMap<number, readonly CellGroup[]>;
  /** ARN of the unchanged user or role at the end of a chain; null: the end is made stronger first */
  readonly holderAtEnd: (group: CellGroup) => string | null;
  /**
   * the number of other principals that reach a path through this role: by assuming it, or through an
   * instance that carries it
   */
  readonly heldThrough: (path: PathId, arn: string) => number;
  /** ARNs of the groups, users and roles that have a policy, attached or inline */
  readonly carriersOf: (policy: string) => readonly string[];
  /** ARNs of principals with undecided cells on a path, and the missing call */
  readonly undecided: (path: PathId) => ReadonlyMap<string, string>;
}

export function gatherFacts(
  snapshot: Snapshot,
  matrix: Matrix,
  expected: Expected = NOTHING_EXPECTED,
): Facts {
  const instances = new Map<string, Instance>();
  for (const one of instancesOf(snapshot)) instances.set(one.id, one);
  const regions = [...new Set(matrix.instances.map((one) => one.region))].sort();
  const policies = indexPolicies(snapshot);
  const kinds = kindsIn(snapshot, (role) => policies.statements(role.trust));
  const kindOf = (principal: number): PrincipalKind => kinds(matrix.principals[principal]?.arn ?? '');
  const holderAtEnd = holderAtEndIn(snapshot);
  const cells = indexCells(matrix, holderAtEnd, kindOf);
  const isProduction = productionTest(expected);
  return {
    snapshot,
    matrix,
    ...{ expected, isProduction },
    policies,
    kindOf,
    holderAtEnd,
    carriersOf: carriersIn(snapshot),
    regions,
    principals: new Map([...snapshot.users, ...snapshot.roles].map((one) => [one.arn, one])),
    instances,
    ...cells,
    ...countInstances(matrix, regions, instances, isProduction),
  };
}

function carriersIn({ groups, users, roles }: Snapshot): Facts['carriersOf'] {
  let carriers: Map<string, string[]> | null = null;
  const index = (): Map<string, string[]> => {
    const found = new Map<string, string[]>();
    for (const { arn, policies } of [...groups, ...roles, ...users])
      for (const policy of policies) member(found, policy, () => [] as string[]).push(arn);
    return found;
  };
  return (policy) => {
    carriers ??= index();
    return carriers.get(policy) ?? [];
  };
}

function holderAtEndIn(snapshot: Snapshot): Facts['holderAtEnd'] {
  const roles = instanceRoles(snapshot);
  const holders = new Set([...snapshot.users, ...snapshot.roles].map(({ arn }) => arn));
  return ({ outcome }) => {
    const end = outcome.via.at(-1) ?? '';
    if (holders.has(end)) return end;
    // else it is an action that changes somebody's rights, or a group that is joined
    return roles.get(end) ?? null;
  };
}

/** The role that each instance carries, by the instance's ARN. */
function instanceRoles(snapshot: Snapshot): Map<string, string> {
  const profiles = new Map(snapshot.instanceProfiles.map((profile) => [profile.arn, profile.roles[0]]));
  const roles = new Map<string, string>();
  for (const region of snapshot.regions) {
    for (const { arn, instanceProfile } of region.instances ?? []) {
      const role = instanceProfile === null ? undefined : profiles.get(instanceProfile);
      if (role !== undefined) roles.set(arn, role);
    }
  }
  return roles;
}

interface CellIndex {
  readonly held: Map<PathId, Map<number, CellGroup[]>>;
  readonly through: Map<PathId, Map<string, Set<number>>>;
  readonly undecided: Map<PathId, Map<string, string>>;
}

/** One pass over the groups; no cell is expanded. */
function indexCells(
  matrix: Matrix,
  holderAtEnd: Facts['holderAtEnd'],
  kindOf: Facts['kindOf'],
): Pick<Facts, 'held' | 'heldThrough' | 'undecided'> {
  const index: CellIndex = { held: new Map(), through: new Map(), undecided: new Map() };
  for (const group of matrix.groups) {
    if (instanceCount(group) > 0) indexGroup(group, index, { matrix, holderAtEnd, kindOf });
  }
  return {
    held: (path) => index.held.get(path) ?? new Map(),
    heldThrough: (path, arn) => index.through.get(path)?.get(arn)?.size ?? 0,
    undecided: (path) => index.undecided.get(path) ?? new Map(),
  };
}

function indexGroup(
  group: CellGroup,
  index: CellIndex,
  { matrix, holderAtEnd, kindOf }: Pick<Facts, 'matrix' | 'holderAtEnd' | 'kindOf'>,
): void {
  const { verdict, via, missing } = group.outcome;
  if (verdict === 'denied') return;
  const held = member(index.held, group.path, () => new Map<number, CellGroup[]>());
  const holder = holderAtEnd(group);
  for (const principal of group.principals) {
    const { arn, kind } = matrix.principals[principal] as Matrix['principals'][number];
    if (verdict === 'unknown') {
      member(index.undecided, group.path, () => new Map<string, string>()).set(arn, missing ?? '');
      continue;
    }
    const isOwn = via.length === 0 || (kind === 'outside' && holder !== null);
    if (!isOwn) {
      const steps = member(index.through, group.path, () => new Map<string, Set<number>>());
      member(steps, holder ?? (via.at(-1) as string), () => new Set<number>()).add(principal);
      continue;
    }
    if (kindOf(principal) !== 'aws') member(held, principal, () => []).push(group);
  }
}

function member<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  return remembered(map, key, () => make());
}
