import { LiveEdges } from '../rows/live-edges.ts';
import type { EdgeLists, Rows } from '../rows/rows.ts';
import type { ChangedHosts, EdgePair } from './host-change.ts';

/** The edges between principals after a change. */
export class EdgeChange {
  readonly #rows: Rows;
  readonly #hosts: ReadonlyMap<number, ChangedHosts>;
  readonly #live: LiveEdges | undefined;
  readonly #known = new Map<number, EdgeLists>();
  /** whose edges are others than before; null: anybody's may be */
  readonly principals: ReadonlySet<number> | null;

  /** `awake`: who held nothing and could become nobody, so that no chain led to them, and does now. */
  constructor(rows: Rows, hosts: ReadonlyMap<number, ChangedHosts>, awake: ReadonlySet<number>) {
    this.#rows = rows;
    this.#hosts = hosts;
    if (awake.size > 0) this.#live = new LiveEdges((p) => awake.has(p) || rows.isLive(p));
    this.principals = this.#live ? null : new Set(hosts.keys());
  }

  /** The edges of a principal that are others than before. */
  changedFrom(principal: number): readonly EdgePair[] {
    return this.#hosts.get(principal)?.changed ?? [];
  }

  listsOf(from: number): EdgeLists {
    const hosts = this.#hosts.get(from)?.edges;
    if (!hosts && !this.#live) return this.#rows.listsOf(from);
    let lists = this.#known.get(from);
    if (!lists) {
      lists = this.#rows.listsWith(from, hosts ?? this.#rows.hostsOf(from), this.#live);
      this.#known.set(from, lists);
    }
    return lists;
  }
}
