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
  const seen = new Set([start]);
  const found: Chain[] = [];
  let border: readonly Chain[] = [{ to: start, via: [], open: true }];
  while (border.length > 0) {
    const next = new Map<number, Chain>();
    for (const chain of border) {
      for (const edge of edges(chain.to)) if (!seen.has(edge.to)) keepBetter(next, longer(chain, edge));
    }
    border = [...next.values()].sort((a, b) => a.to - b.to);
    for (const chain of border) seen.add(chain.to);
    found.push(...border);
  }
  return found;
}

function longer(chain: Chain, edge: Edge): Chain {
  return { to: edge.to, via: [...chain.via, edge.step], open: and(chain.open, edge.open) };
}

function keepBetter(chains: Map<number, Chain>, chain: Chain): void {
  const before = chains.get(chain.to);
  if (chain.open !== false && (!before || (before.open !== true && chain.open === true)))
    chains.set(chain.to, chain);
}
