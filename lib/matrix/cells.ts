import type { Instance, Snapshot } from '../snapshot/snapshot.ts';
import type { Subject } from './account.ts';
import type { Cell, PathId } from './cell.ts';
import { type Engine, makeEngine, pathOf } from './engine.ts';
import type { MatrixSettings } from './evaluate-path.ts';
import { askAlternative } from './evaluate-path.ts';
import { isReachable } from './facts.ts';
import type { CellGroup, Matrix } from './matrix.ts';

/** Which cells are asked for; a member that is left out means all. */
export interface CellFilter {
  readonly principal?: string;
  readonly instance?: string;
  readonly path?: PathId;
}

/** The cells that are not denied, one by one, in the matrix's order of groups. */
export function* cellsOf(
  matrix: Matrix,
  snapshot: Snapshot,
  filter: CellFilter = {},
  settings: MatrixSettings = {},
): Generator<Cell> {
  const expand = new Expander(snapshot, settings);
  const wantedPrincipals = indexes(
    matrix.principals,
    (principal) => principal.arn === filter.principal,
    filter.principal,
  );
  const wantedInstances = indexes(
    matrix.instances,
    (instance) => instance.id === filter.instance,
    filter.instance,
  );
  for (const group of matrix.groups) {
    if (filter.path !== undefined && group.path !== filter.path) continue;
    const principals = only(group.principals, wantedPrincipals);
    const instances = only(group.instances, wantedInstances);
    for (const p of principals) {
      for (const i of instances)
        yield expand.cell(group, matrix.principals[p]?.arn ?? '', matrix.instances[i]?.id ?? '');
    }
  }
}

function only(list: readonly number[], wanted: ReadonlySet<number> | null): readonly number[] {
  return wanted ? list.filter((index) => wanted.has(index)) : list;
}

function indexes<T>(
  list: readonly T[],
  isWanted: (item: T) => boolean,
  wanted: string | undefined,
): ReadonlySet<number> | null {
  return wanted === undefined ? null : new Set(list.flatMap((item, i) => (isWanted(item) ? [i] : [])));
}

/** Adds to a group's outcome what names the instance: its requests and its facts. */
class Expander {
  readonly #engine: Engine;
  readonly #subjects: ReadonlyMap<string, Subject>;
  readonly #instances: ReadonlyMap<string, Instance>;

  constructor(snapshot: Snapshot, settings: MatrixSettings) {
    this.#engine = makeEngine(snapshot, settings);
    this.#subjects = new Map(this.#engine.account.subjects.map((subject) => [subject.arn, subject]));
    this.#instances = new Map(
      snapshot.regions.flatMap((region) => region.instances ?? []).map((instance) => [instance.id, instance]),
    );
  }

  cell(group: CellGroup, principal: string, id: string): Cell {
    const { outcome, path } = group;
    const instance = this.#instances.get(id);
    const row = pathOf(this.#engine, path);
    const region = instance && this.#engine.account.regions.get(instance.region);
    const { alternative, ...shared } = outcome;
    return {
      principal,
      instance: id,
      path,
      verdict: shared.verdict,
      condition: shared.condition,
      requests: instance ? this.#requests(group, principal, instance, alternative) : [],
      landsAs: shared.landsAs,
      via: shared.via,
      grants: shared.grants,
      reachable: instance && row ? isReachable(row.fact, instance, region) : null,
      uncertain: shared.uncertain,
      ...(path === 'tag-rewrite' ? { opens: shared.opens ?? [] } : {}),
      ...(shared.missing === undefined ? {} : { missing: shared.missing }),
    };
  }

  /** Asked anew, as which of several resources is named depends on the instance. */
  #requests(group: CellGroup, principal: string, instance: Instance, alternative: string): Cell['requests'] {
    const row = pathOf(this.#engine, group.path)?.alternatives.find((one) => one.id === alternative);
    const end = this.#subjects.get(this.#endOf(group.outcome.via) ?? principal);
    if (!row || !end) return [];
    return askAlternative(row, instance, end, this.#engine.account).requests.map(({ action, resource }) => ({
      action,
      resource,
    }));
  }

  /** The principal at the end of a chain: its last role, or the role of its last instance. */
  #endOf(via: readonly string[]): string | undefined {
    const last = via.at(-1);
    if (last === undefined || this.#subjects.has(last)) return last;
    const instance = [...this.#instances.values()].find((one) => one.arn === last);
    return this.#engine.account.snapshot.instanceProfiles.find(
      (profile) => profile.arn === instance?.instanceProfile,
    )?.roles[0];
  }
}
