import type { Bits } from '../evaluator/bits.ts';
import { remembered } from '../memory/remembered.ts';
import type { InstanceSet, InstanceSets } from './classes/instance-sets.ts';
import type { AccessPath } from './paths/access-paths.ts';
import type { PathId } from './paths/cell.ts';
import type { CellGroup, Outcome } from './paths/matrix.ts';
import type { HeldCell } from './rows/row-cell.ts';

/** A CellGroup that stores its instances by class and lists them on demand. */
export class RowGroup implements CellGroup {
  readonly path: PathId;
  readonly principals: number[];
  readonly outcome: Outcome;
  readonly set: InstanceSet;

  constructor(path: PathId, outcome: Outcome, set: InstanceSet, principals: number[]) {
    this.path = path;
    this.outcome = outcome;
    this.set = set;
    this.principals = principals;
  }

  get instances(): readonly number[] {
    return this.set.instances;
  }

  toJSON(): CellGroup {
    const { path, principals, instances, outcome } = this;
    return { path, principals, instances, outcome };
  }
}

/** Collects the cells of all rows: principals with the same outcome on the same instances share a group. */
export class RowGroups {
  readonly #sets: InstanceSets;
  readonly #groups = new Map<PathId, Map<Outcome, Map<InstanceSet, RowGroup>>>();
  readonly #outcomes = new Map<string, Outcome>();
  readonly #vias = new Map<readonly string[], number>();
  /** by cell and steps, so that most outcomes are found without building a name */
  readonly #known = new Map<HeldCell, Map<readonly string[], Outcome>>();

  constructor(sets: InstanceSets) {
    this.#sets = sets;
  }

  /** A direct cell. */
  add(path: AccessPath, principals: readonly number[], bits: Bits, cell: HeldCell): void {
    this.#add(path, principals, bits, this.#outcomeOf(cell, DIRECT));
  }

  /** A cell that is held through others. */
  addReached(
    path: AccessPath,
    principals: readonly number[],
    bits: Bits,
    { cell, via }: { readonly cell: HeldCell; readonly via: readonly string[] },
  ): void {
    this.#add(path, principals, bits, this.#outcomeOf(cell, via));
  }

  #add(path: AccessPath, principals: readonly number[], bits: Bits, outcome: Outcome): void {
    const set = this.#sets.of(bits);
    const group = this.#groups.get(path.id)?.get(outcome)?.get(set);
    if (!group) {
      const byOutcome = entryOf(this.#groups, path.id);
      entryOf(byOutcome, outcome).set(set, new RowGroup(path.id, outcome, set, [...principals]));
    } else for (const principal of principals) group.principals.push(principal);
  }

  #outcomeOf(cell: HeldCell, via: readonly string[]): Outcome {
    const known = entryOf(this.#known, cell);
    return remembered(known, via, () => this.#named(cell, via));
  }

  /** Lists of steps are compared by identity: with a ring of roles they are as long as the ring. */
  #named(cell: HeldCell, via: readonly string[]): Outcome {
    const number = remembered(this.#vias, via, () => this.#vias.size);
    const name = outcomeName(cell, String(number));
    return remembered(this.#outcomes, name, () => outcomeOf(cell, via));
  }

  groups(): readonly RowGroup[] {
    return [...this.#groups.values()].flatMap((byOutcome) =>
      [...byOutcome.values()].flatMap((bySet) => [...bySet.values()]),
    );
  }
}

const DIRECT: readonly string[] = [];

function entryOf<K, A, B>(maps: Map<K, Map<A, B>>, key: K): Map<A, B> {
  return remembered(maps, key, () => new Map());
}

export function outcomeOf(cell: HeldCell, via: readonly string[]): Outcome {
  const { verdict, condition, alternative, landsAs, grants, residual, missing } = cell;
  return {
    verdict,
    condition,
    alternative,
    landsAs,
    via,
    grants,
    uncertain: residual.uncertain,
    ...(verdict === 'unknown' && missing !== null ? { missing } : {}),
  };
}

/** Equal names mean equal outcomes. `via`: a text that is equal for equal steps. */
export function outcomeName(cell: HeldCell, via: string): string {
  const grants = cell.grants.map((grant) => `${grant.layer} ${grant.policy} ${grant.statement}`);
  return [
    cell.verdict,
    // the residual of an unknown cell is not reported
    cell.verdict === 'unknown' ? '' : cell.residual.id,
    cell.residual.uncertain.join(),
    cell.alternative,
    cell.landsAs.join(),
    via,
    // sorted, so that the order in which they were found does not matter
    grants.sort().join(),
    cell.missing ?? '',
  ].join('\t');
}
