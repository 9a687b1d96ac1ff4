import type { AccessPath } from '../paths/access-paths.ts';
import type { RowCell } from '../rows/row-cell.ts';
import { type EdgeLists, KeptLevels, levelsAlong, type Search } from './chain-search.ts';
import type { Edge } from './chains.ts';
import { LiveEdges } from './useful-edges.ts';

/** What everybody holds directly, and leads to. */
interface Connected {
  readonly subjects: readonly unknown[];
  direct(p: number, path: AccessPath): readonly RowCell[];
  byClass<T>(ask: (p: number) => T): (p: number) => T;
  withEqualEdges(of: (p: number) => boolean): Iterable<readonly number[]>;
  listsOf(from: number): EdgeLists;
  search(start: number, lists: EdgeLists, listsOf: (from: number) => EdgeLists): Search;
}

/**
 * The chains of all principals that can become another, as far as they lead to somebody who holds something, and found
 * only as far as somebody asks. `of`: only these principals.
 */
export function* chainsToCells(
  rows: Connected,
  paths: readonly AccessPath[],
  of: (p: number) => boolean,
): Generator<{ readonly principals: readonly number[]; readonly levels: KeptLevels }> {
  const holds = rows.byClass((p) => paths.some((path) => rows.direct(p, path).length > 0));
  const wanted: boolean[] = new Array(rows.subjects.length);
  // every step of every chain asks
  const isWanted = (p: number): boolean => {
    wanted[p] ??= holds(p);
    return wanted[p];
  };
  const starts = [...rows.withEqualEdges(of)];
  const leading = leadingTo(
    isWanted,
    starts.map(([first]) => first as number),
    (from) => rows.listsOf(from),
  );
  const useful = new LiveEdges((p) => leading.has(p));
  const known: EdgeLists[] = new Array(rows.subjects.length);
  const listsOf = (from: number): EdgeLists => {
    known[from] ??= useful.among(rows.listsOf(from));
    return known[from];
  };
  for (const principals of starts) {
    const first = principals[0] as number;
    const lists = listsOf(first);
    if (lists.length === 0) continue;
    const search = rows.search(first, lists, listsOf);
    yield { principals, levels: new KeptLevels(levelsAlong({ ...search, isWanted })) };
  }
}

/** Of those whom the starts lead to: the wanted, and whoever leads on to one. */
function leadingTo(
  isWanted: (p: number) => boolean,
  starts: readonly number[],
  listsOf: (from: number) => EdgeLists,
): ReadonlySet<number> {
  const back = new BackEdges();
  const reached = new Set(starts);
  // the set grows with everybody who is reached
  for (const from of reached)
    for (const list of listsOf(from)) for (const to of back.add(from, list)) reached.add(to);
  const leading = new Set([...reached].filter(isWanted));
  for (const to of leading) for (const from of back.to(to)) leading.add(from);
  return leading;
}

/** Who leads to somebody. Many have a list in common, and many lists lead to the same. */
class BackEdges {
  readonly #fromList = new Map<readonly Edge[], number[]>();
  readonly #lists = new Map<number, (readonly Edge[])[]>();
  readonly #told = new Set<readonly Edge[]>();

  /** Whom a list leads to, when it is the first time that somebody has it. */
  add(from: number, list: readonly Edge[]): readonly number[] {
    const known = this.#fromList.get(list);
    if (known) {
      known.push(from);
      return [];
    }
    this.#fromList.set(list, [from]);
    const ends = [...new Set(list.flatMap(({ to }) => to))];
    for (const to of ends) {
      const lists = this.#lists.get(to);
      if (lists) lists.push(list);
      else this.#lists.set(to, [list]);
    }
    return ends;
  }

  /** Each list once. */
  *to(end: number): Generator<number> {
    for (const list of this.#lists.get(end) ?? []) {
      if (this.#told.has(list)) continue;
      this.#told.add(list);
      yield* this.#fromList.get(list) ?? [];
    }
  }
}
