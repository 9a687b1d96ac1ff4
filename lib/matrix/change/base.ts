import { type BuiltRows, levelsOf } from '../build.ts';
import type { Chain } from '../chains.ts';
import { IndirectRows } from '../rows/indirect-rows.ts';
import type { ChainGroup } from '../rows/rows.ts';

/** Chains of equal length together, shortest first. */
export type Levels = readonly (readonly Chain[])[];

interface Group extends ChainGroup {
  readonly levels: Levels;
}

/** What a matrix was built from, with everything by which one finds what a change touches. */
export class Base {
  readonly built: BuiltRows;
  readonly indirect: IndirectRows;
  readonly groups: readonly Group[];
  readonly #groupOf = new Map<number, number>();
  readonly #byTarget = new Map<number, number[]>();

  constructor(built: BuiltRows) {
    this.built = built;
    this.indirect = new IndirectRows(built.rows, built.engine.paths);
    this.groups = [...built.rows.chains()].map((group) => ({ ...group, levels: levelsOf(group.chains) }));
    for (const [i, { principals, chains }] of this.groups.entries()) {
      for (const principal of principals) this.#groupOf.set(principal, i);
      for (const { to } of chains) {
        const groups = this.#byTarget.get(to) ?? [];
        this.#byTarget.set(to, groups);
        groups.push(i);
      }
    }
  }

  /** The principals with the same chains as this one, as an index of `groups`. */
  groupOf(principal: number): number | undefined {
    return this.#groupOf.get(principal);
  }

  /** The groups with that principal, and those with a chain that comes by it. */
  groupsWith(principal: number): readonly number[] {
    const own = this.#groupOf.get(principal);
    const through = this.#byTarget.get(principal) ?? [];
    return own === undefined ? through : [own, ...through];
  }
}
