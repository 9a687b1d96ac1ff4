import type { AccountRows } from '../matrix/account-rows.ts';
import type { EdgeLists } from '../matrix/chains/chain-search.ts';
import { UsefulEdges } from '../matrix/chains/useful-edges.ts';
import { remembered } from '../memory/remembered.ts';
import type { ChangedEdges, EdgePair } from './edge-pairs.ts';

/** The edges between principals after a change. */
export class EdgeChange {
  readonly #rows: AccountRows;
  readonly #changes: ReadonlyMap<number, ChangedEdges>;
  readonly #useful: UsefulEdges | undefined;
  readonly #known = new Map<number, EdgeLists>();
  /** principals with changed edges; null: any principal's may be changed */
  readonly principals: ReadonlySet<number> | null;

  /** `newlyUseful`: principals that had no access and no chains before, and have access after. */
  constructor(
    rows: AccountRows,
    changes: ReadonlyMap<number, ChangedEdges>,
    newlyUseful: ReadonlySet<number>,
  ) {
    this.#rows = rows;
    this.#changes = changes;
    if (newlyUseful.size > 0) this.#useful = new UsefulEdges((p) => newlyUseful.has(p) || rows.isUseful(p));
    this.principals = this.#useful ? null : new Set(changes.keys());
  }

  /** The changed edges of a principal. */
  changedFrom(principal: number): readonly EdgePair[] {
    return this.#changes.get(principal)?.changed ?? [];
  }

  listsOf(from: number): EdgeLists {
    const own = this.#changes.get(from);
    if (!own && !this.#useful) return this.#rows.listsOf(from);
    return remembered(this.#known, from, () =>
      this.#rows.listsWith(from, own ?? { instanceRoles: this.#rows.hostsOf(from) }, this.#useful),
    );
  }
}
