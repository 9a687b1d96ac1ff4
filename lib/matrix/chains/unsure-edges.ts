import type { EdgeLists } from './chain-search.ts';
import type { Edge } from './chains.ts';

/** True if some edge that these principals or those that they may become have is not known to exist. */
export function haveUnsureEdges(starts: Iterable<number>, listsOf: (from: number) => EdgeLists): boolean {
  const known = new Set<readonly Edge[]>();
  const reached = new Set(starts);
  // the set grows with every reached principal
  for (const from of reached)
    for (const list of listsOf(from)) {
      if (known.has(list)) continue;
      known.add(list);
      if (list.some(({ missing }) => missing !== undefined)) return true;
      addEnds(reached, list);
    }
  return false;
}

function addEnds(reached: Set<number>, list: readonly Edge[]): void {
  // thousands of edges share their ends
  for (const ends of new Set(list.map(({ to }) => to))) for (const end of ends) reached.add(end);
}
