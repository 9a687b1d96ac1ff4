import type { PathId } from '../matrix/cell.ts';
import type { CellGroup, Matrix } from '../matrix/matrix.ts';
import type { Instance, Role, Snapshot, User } from '../snapshot/snapshot.ts';
import { indexPolicies, type PolicyIndex } from './statements.ts';

/** How many instances, policies or conditions a finding names before it counts the rest. */
export const SHOWN = 10;

/** How many instances a list of instance indexes takes in: per region (as in `Facts.regions`), and tagged as production. */
export interface Counts {
  readonly byRegion: readonly number[];
  readonly prod: number;
}

/** What the rules ask, prepared once: cells by principal, instances by region, policies by id. */
export interface Facts {
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
  readonly policies: PolicyIndex;
  /** regions of the matrix's instances */
  readonly regions: readonly string[];
  /** how many instances each of `regions` holds, and how many are production */
  readonly totals: Counts;
  readonly principals: ReadonlyMap<string, User | Role>;
  readonly instances: ReadonlyMap<string, Instance>;
  /** principals (indexes) that hold open cells on a path, and those cells; of inside principals the direct ones only */
  readonly held: (path: PathId) => ReadonlyMap<number, readonly CellGroup[]>;
  /** how many other principals reach a path through this role: by assuming it, or by an instance that carries it */
  readonly heldThrough: (path: PathId, arn: string) => number;
  /** ARNs of principals with cells on a path that could not be decided, and the call that is missing */
  readonly undecided: (path: PathId) => ReadonlyMap<string, string>;
  readonly count: (instances: readonly number[]) => Counts;
  /** the lowest few of a list of instance indexes, for showing */
  readonly first: (instances: readonly number[]) => readonly number[];
}

export function gatherFacts(snapshot: Snapshot, matrix: Matrix): Facts {
  const instances = new Map<string, Instance>();
  for (const region of snapshot.regions) for (const one of region.instances ?? []) instances.set(one.id, one);
  const regions = [...new Set(matrix.instances.map((one) => one.region))].sort();
  const counter = countInstances(matrix, regions, instances);
  const cells = indexCells(matrix, instanceRoles(snapshot));
  return {
    snapshot,
    matrix,
    policies: indexPolicies(snapshot),
    regions,
    totals: counter.count(matrix.instances.map((_, index) => index)),
    principals: new Map([...snapshot.users, ...snapshot.roles].map((one) => [one.arn, one])),
    instances,
    ...cells,
    ...counter,
  };
}

function countInstances(
  matrix: Matrix,
  regions: readonly string[],
  instances: ReadonlyMap<string, Instance>,
): Pick<Facts, 'count' | 'first'> {
  const place = new Map(regions.map((region, index) => [region, index]));
  const regionOf = matrix.instances.map((one) => place.get(one.region) as number);
  const prod = matrix.instances.map((one) => taggedProd(instances.get(one.id)));
  // groups share their lists of instances, so each list is counted once
  const known = new WeakMap<readonly number[], Counts>();
  const count = (list: readonly number[]): Counts => {
    let counts = known.get(list);
    if (!counts) {
      const byRegion = regions.map(() => 0);
      let inProd = 0;
      for (const index of list) {
        const region = regionOf[index] as number;
        byRegion[region] = (byRegion[region] as number) + 1;
        if (prod[index]) inProd++;
      }
      counts = { byRegion, prod: inProd };
      known.set(list, counts);
    }
    return counts;
  };
  const lowest = new WeakMap<readonly number[], readonly number[]>();
  const first = (list: readonly number[]): readonly number[] => {
    const shown = lowest.get(list) ?? list.toSorted((a, b) => a - b).slice(0, SHOWN);
    lowest.set(list, shown);
    return shown;
  };
  return { count, first };
}

/** `env` or `environment` says `prod` or `production`, whatever the case. */
function taggedProd(instance: Instance | undefined): boolean {
  return (instance?.tags ?? []).some(
    ({ key, value }) => /^(env|environment)$/i.test(key) && /^(prod|production)$/i.test(value),
  );
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
  roles: ReadonlyMap<string, string>,
): Pick<Facts, 'held' | 'heldThrough' | 'undecided'> {
  const index: CellIndex = { held: new Map(), through: new Map(), undecided: new Map() };
  for (const group of matrix.groups) {
    if (group.instances.length > 0) indexGroup(matrix, group, index, roles);
  }
  return {
    held: (path) => index.held.get(path) ?? new Map(),
    heldThrough: (path, arn) => index.through.get(path)?.get(arn)?.size ?? 0,
    undecided: (path) => index.undecided.get(path) ?? new Map(),
  };
}

function indexGroup(
  matrix: Matrix,
  group: CellGroup,
  index: CellIndex,
  roles: ReadonlyMap<string, string>,
): void {
  const { verdict, via, missing } = group.outcome;
  if (verdict === 'denied') return;
  const held = member(index.held, group.path, () => new Map<number, CellGroup[]>());
  const lastStep = via.at(-1);
  for (const principal of group.principals) {
    const { arn, kind } = matrix.principals[principal] as Matrix['principals'][number];
    if (verdict === 'unknown') {
      member(index.undecided, group.path, () => new Map<string, string>()).set(arn, missing ?? '');
    } else if (lastStep === undefined || kind === 'outside-account') {
      member(held, principal, () => []).push(group);
    } else {
      const steps = member(index.through, group.path, () => new Map<string, Set<number>>());
      member(steps, roles.get(lastStep) ?? lastStep, () => new Set<number>()).add(principal);
    }
  }
}

function member<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
