import { and, type Formula } from '../evaluator/formula.ts';

/** A way from one principal to another: assuming a role, or taking the role of an instance. */
export interface Edge {
  /** what it leads to, as an index of the principals */
  readonly to: number;
  /** how it is shown: the role's ARN or the instance's */
  readonly step: string;
  readonly open: Formula;
}

/** What a principal can become, and how. */
export interface Chain {
  readonly to: number;
  readonly via: readonly string[];
  readonly open: Formula;
}

/**
 * Everything that a principal can become, shortest chains first, one for each; of those that are equally short the
 * first without conditions. Cycles end by themselves, as nothing is reached twice.
 */
export function chainsFrom(start: number, edges: (from: number) => readonly Edge[]): readonly Chain[] {
  return chainsAlong(start, (from) => [edges(from)]);
}

/** The same for edges in lists, which many principals have in common: nobody follows one twice for nothing. */
export function chainsAlong(
  start: number,
  listsOf: (from: number) => readonly (readonly Edge[])[],
): readonly Chain[] {
  const followed = new Map<readonly Edge[], boolean>();
  const seen = new Set([start]);
  const found: Chain[] = [];
  let border: readonly Chain[] = [{ to: start, via: [], open: true }];
  while (border.length > 0) {
    const next = new Map<number, Chain>();
    for (const chain of border) {
      for (const list of listsOf(chain.to)) {
        if (!isNews(followed, list, chain.open === true)) continue;
        for (const edge of list) keepBetter(next, chain, edge, seen);
      }
    }
    border = [...next.values()].sort((a, b) => a.to - b.to);
    for (const chain of border) seen.add(chain.to);
    found.push(...border);
  }
  return found;
}

/** A list that was followed under a condition is worth following again without one. */
function isNews(followed: Map<readonly Edge[], boolean>, list: readonly Edge[], isOpen: boolean): boolean {
  const before = followed.get(list);
  if (before === true || before === isOpen) return false;
  followed.set(list, isOpen);
  return true;
}

function keepBetter(chains: Map<number, Chain>, chain: Chain, edge: Edge, seen: ReadonlySet<number>): void {
  if (seen.has(edge.to)) return;
  const before = chains.get(edge.to);
  if (before?.open === true) return;
  const open = and(chain.open, edge.open);
  if (open !== false && (!before || open === true))
    chains.set(edge.to, { to: edge.to, via: [...chain.via, edge.step], open });
}
