import { LiveEdges } from '../rows/live-edges.ts';
import type { EdgeLists, Rows } from '../rows/rows.ts';
import type { Column } from './column.ts';
import type { ChangedHosts, EdgePair, HostChange, InstanceChange } from './host-change.ts';

/** The edges between principals after a change of one instance. */
export class EdgeChange {
  readonly #rows: Rows;
  readonly #hosts = new Map<number, ChangedHosts>();
  readonly #live: LiveEdges | undefined;
  readonly #known = new Map<number, EdgeLists>();
  /** whose edges are others than before; null: anybody's may be */
  readonly principals: ReadonlySet<number> | null;

  constructor(rows: Rows, hosts: HostChange, change: InstanceChange, column: Column) {
    this.#rows = rows;
    for (const number of hosts.concerned(change, column)) {
      const { members } = rows.classes[number] as Rows['classes'][number];
      const changed = hosts.edgesOf(members[0] as number, change, column);
      for (const member of changed ? members : []) this.#hosts.set(member, changed as ChangedHosts);
    }
    const awake = wokenBy(rows, column);
    if (awake.size > 0) this.#live = new LiveEdges((p) => awake.has(p) || rows.isLive(p));
    this.principals = this.#live ? null : new Set(this.#hosts.keys());
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

/** Who held nothing and could become nobody: no chain led to them, as there was nothing to gain. */
function wokenBy(rows: Rows, column: Column): ReadonlySet<number> {
  const awake = new Set<number>();
  for (const [number, paths] of column.changed) {
    if (![...paths.values()].some(({ after }) => after !== null)) continue;
    const { members } = rows.classes[number] as Rows['classes'][number];
    for (const member of members) if (!rows.isLive(member)) awake.add(member);
  }
  return awake;
}
