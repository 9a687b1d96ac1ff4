import { and, type Formula } from '../evaluator/formula.ts';
import type { Grant } from './cell.ts';
import { ANY_POLICY_NAME } from './stand-ins.ts';

/** A way from one principal to another: assuming a role, or taking the role of an instance. */
export interface Edge {
  /** what it leads to, as an index of the principals */
  readonly to: number;
  /** how it is shown: the ARN of the role, the instance or whomever it leads to; or an IAM action, where that is all */
  readonly step: string;
  /** an IAM action that shows before the step */
  readonly by?: string;
  readonly open: Formula;
  /** the statements that grant that action */
  readonly grants?: readonly Grant[];
}

/** The edges that chains may take: of those to the same principal the first, and the first without a condition. */
export function bestEdges(edges: readonly Edge[]): Edge[] {
  const first = new Map<number, Edge>();
  const open = new Map<number, Edge>();
  for (const edge of edges) {
    if (!first.has(edge.to)) first.set(edge.to, edge);
    if (edge.open === true && !open.has(edge.to)) open.set(edge.to, edge);
  }
  return edges.filter((edge) => first.get(edge.to) === edge || open.get(edge.to) === edge);
}

/** What a principal can become, and how. */
export interface Chain {
  readonly to: number;
  readonly via: readonly string[];
  readonly open: Formula;
  /** the statements behind its IAM actions */
  readonly grants: readonly Grant[];
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
  const seen = new Set<number>();
  const found: Chain[] = [];
  const byLength: ByLength = new Map([
    [0, new Map([[start, { to: start, via: [], open: true, grants: [] }]])],
  ]);
  for (let length = 0; byLength.size > 0; length++) {
    const border = [...(byLength.get(length)?.values() ?? [])]
      .filter(({ to }) => !seen.has(to))
      .sort((a, b) => a.to - b.to);
    byLength.delete(length);
    for (const chain of border) seen.add(chain.to);
    if (length > 0) found.push(...border);
    for (const chain of border) {
      const news = listsOf(chain.to).filter((list) => isNews(followed, list, chain.open === true));
      for (const edge of news.flat()) if (!seen.has(edge.to)) keepBetter(byLength, chain, edge);
    }
  }
  return found;
}

/** Chains still to be followed, by their length and by where they lead. */
type ByLength = Map<number, Map<number, Chain>>;

/** A list that was followed under a condition is worth following again without one. */
function isNews(followed: Map<readonly Edge[], boolean>, list: readonly Edge[], isOpen: boolean): boolean {
  const before = followed.get(list);
  if (before === true || before === isOpen) return false;
  followed.set(list, isOpen);
  return true;
}

function keepBetter(byLength: ByLength, chain: Chain, edge: Edge): void {
  const length = chain.via.length + (edge.by === undefined ? 1 : 2);
  const chains = byLength.get(length) ?? new Map<number, Chain>();
  const before = chains.get(edge.to);
  if (before?.open === true) return;
  const open = and(chain.open, edge.open);
  if (open === false || (before && open !== true)) return;
  const steps = edge.by === undefined ? [edge.step] : [edge.by, edge.step];
  const grants = edge.grants ? [...chain.grants, ...edge.grants] : chain.grants;
  chains.set(edge.to, { to: edge.to, via: [...chain.via, ...steps], open, grants });
  byLength.set(length, chains);
}

/** The grants of a cell at the end of a chain and those of the chain; of a policy that nobody has yet there are none. */
export function chainGrants(grants: readonly Grant[], chain: Chain): readonly Grant[] {
  if (chain.grants.length === 0) return grants;
  const all = [...grants.filter(({ policy }) => policy !== ANY_POLICY_NAME), ...chain.grants];
  return [...new Map(all.map((one) => [`${one.layer} ${one.policy} ${one.statement}`, one])).values()];
}
