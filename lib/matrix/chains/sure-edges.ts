import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { EdgeLists } from './chain-search.ts';
import type { Edge } from './chains.ts';

/** True if every edge that these principals, or those that they may become, have is known to exist. */
export function areSureEdges(
  { coverage }: Snapshot,
  starts: Iterable<number>,
  listsOf: (from: number) => EdgeLists,
): boolean {
  // nothing is missing if every call was answered in full
  if (coverage.length > 0 && coverage.every(({ status }) => status === 'collected')) return true;
  const known = new Set<readonly Edge[]>();
  const reached = new Set(starts);
  // the set grows with every reached principal
  for (const from of reached) {
    const lists = listsOf(from).filter((list) => !known.has(list));
    for (const list of lists) {
      known.add(list);
      if (list.some(({ missing }) => missing !== undefined)) return false;
      addEnds(reached, list);
    }
  }
  return true;
}

function addEnds(reached: Set<number>, list: readonly Edge[]): void {
  // thousands of edges share their ends
  for (const ends of new Set(list.map(({ to }) => to))) for (const end of ends) reached.add(end);
}
