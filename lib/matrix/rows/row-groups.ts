import type { AccessPath } from '../access-path.ts';
import type { PathId } from '../cell.ts';
import type { CellGroup, Outcome } from '../matrix.ts';
import type { Bits } from './bits.ts';
import type { RowCell } from './direct-rows.ts';
import type { InstanceSet, InstanceSets } from './instance-sets.ts';

/** A CellGroup that knows its instances by class and lists them when asked. */
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

/** Gathers the cells of all rows: principals with the same outcome on the same instances share a group. */
export class RowGroups {
  readonly #sets: InstanceSets;
  readonly #groups = new Map<string, RowGroup>();
  readonly #outcomes = new Map<string, Outcome>();

  constructor(sets: InstanceSets) {
    this.#sets = sets;
  }

  add(
    path: AccessPath,
    principals: readonly number[],
    bits: Bits,
    cell: Omit<RowCell, 'bits'>,
    via: readonly string[],
    missing: string | null,
  ): void {
    const set = this.#sets.of(bits);
    const named = outcomeName(cell, via, missing);
    const key = `${path.id} ${set.id} ${named}`;
    const group = this.#groups.get(key);
    if (group) for (const principal of principals) group.principals.push(principal);
    else
      this.#groups.set(
        key,
        new RowGroup(path.id, this.#outcome(named, cell, via, missing), set, [...principals]),
      );
  }

  #outcome(
    name: string,
    cell: Omit<RowCell, 'bits'>,
    via: readonly string[],
    missing: string | null,
  ): Outcome {
    let outcome = this.#outcomes.get(name);
    if (!outcome) {
      const { verdict, condition, alternative, landsAs, grants, rest } = cell;
      outcome = {
        verdict,
        condition,
        alternative,
        landsAs,
        via,
        grants,
        uncertain: rest.uncertain,
        ...(verdict === 'unknown' && missing !== null ? { missing } : {}),
      };
      this.#outcomes.set(name, outcome);
    }
    return outcome;
  }

  groups(): readonly RowGroup[] {
    return [...this.#groups.values()];
  }
}

function outcomeName(cell: Omit<RowCell, 'bits'>, via: readonly string[], missing: string | null): string {
  const grants = cell.grants.map((grant) => `${grant.layer} ${grant.policy} ${grant.statement}`).join();
  return [
    cell.verdict,
    cell.rest.id,
    cell.rest.uncertain.join(),
    cell.alternative,
    cell.landsAs.join(),
    via.join(),
    grants,
    missing ?? '',
  ].join('\t');
}
