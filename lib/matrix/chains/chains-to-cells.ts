import { SparseArray } from '../../memory/sparse-array.ts';
import type { AccessPath } from '../paths/access-paths.ts';
import type { RowCell } from '../rows/row-cell.ts';
import { type EdgeLists, KeptLevels, levelsAlong, type Search } from './chain-search.ts';
import type { Edge } from './chains.ts';
import { UsefulEdges } from './useful-edges.ts';

/** The direct cells of everybody, and the edges. */
interface Connected {
  readonly subjects: readonly unknown[];
  direct(p: number, path: AccessPath): readonly RowCell[];
  byClass<T>(ask: (p: number) => T): (p: number) => T;
  withEqualEdges(of: (p: number) => boolean): Iterable<readonly number[]>;
  listsOf(from: number): EdgeLists;
  search(start: number, lists: EdgeLists, listsOf: (from: number) => EdgeLists): Search;
}

/**
 * The chains of all principals that can become another, as far as they lead to a principal with cells. `of`: only
 * these principals.
 */
export function* chainsToCells(
  rows: Connected,
  paths: readonly AccessPath[],
  of: (p: number) => boolean,
): Generator<{ readonly principals: readonly number[]; readonly levels: KeptLevels }> {
  const holds = rows.byClass((p) => paths.some((path) => rows.direct(p, path).length > 0));
  const wanted: boolean[] = new Array(rows.subjects.length);
  // called at every step of every chain
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
  const useful = new UsefulEdges((p) => leading.has(p));
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

/** The principals reachable from the starts: the wanted ones, and those that lead on to one. */
export function leadingTo(
  isWanted: (p: number) => boolean,
  starts: readonly number[],
  listsOf: (from: number) => EdgeLists,
): ReadonlySet<number> {
  const back = new BackEdges();
  const reached = new Set(starts);
  // the set grows with every reached principal
  for (const from of reached)
    for (const list of listsOf(from)) for (const to of back.add(from, list)) reached.add(to);
  const leading = new Set([...reached].filter(isWanted));
  for (const to of leading) for (const from of back.to(to)) leading.add(from);
  return leading;
}

/** The reverse edges. Many principals share a list, and many edges lead to the same ends. */
class BackEdges {
  readonly #fromList = new Map<readonly Edge[], number[]>();
  /** by the ends of an edge, which edges of many lists share */
  readonly #listsTo = new Map<readonly number[], (readonly Edge[])[]>();
  readonly #endsWith = new SparseArray<(readonly number[])[]>();
  readonly #reported = new Set<readonly Edge[] | readonly number[]>();

  /** Adds a list; the result: the ends that no earlier list had. */
  add(from: number, list: readonly Edge[]): readonly number[] {
    const known = this.#fromList.get(list);
    if (known) {
      known.push(from);
      return [];
    }
    this.#fromList.set(list, [from]);
    return [...new Set(list.map(({ to }) => to))].flatMap((ends) => this.#addEnds(ends, list));
  }

  #addEnds(ends: readonly number[], list: readonly Edge[]): readonly number[] {
    const known = this.#listsTo.get(ends);
    if (known) {
      known.push(list);
      return [];
    }
    this.#listsTo.set(ends, [list]);
    for (const to of ends) {
      const lists = this.#endsWith.get(to);
      if (lists) lists.push(ends);
      else this.#endsWith.set(to, [ends]);
    }
    return ends;
  }

  /** The principals with an edge to this end. Each list is reported once. */
  *to(end: number): Generator<number> {
    for (const ends of this.#endsWith.get(end) ?? []) {
      if (!this.#isFirst(ends)) continue;
      for (const list of this.#listsTo.get(ends) ?? [])
        if (this.#isFirst(list)) yield* this.#fromList.get(list) ?? [];
    }
  }

  #isFirst(one: readonly Edge[] | readonly number[]): boolean {
    if (this.#reported.has(one)) return false;
    this.#reported.add(one);
    return true;
  }
}
