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

/** What a principal can become, and how: the chain that it goes on from and the last edge, null at its beginning. */
export interface Chain {
  readonly to: number;
  /** of its `via` */
  readonly length: number;
  readonly open: Formula;
  readonly from: Chain | null;
  readonly edge: Edge | null;
}

const vias = new WeakMap<Chain, readonly string[]>();

/** The steps as they are shown; of one chain always the same list. */
export function viaOf(chain: Chain): readonly string[] {
  let via = vias.get(chain);
  if (!via) {
    const { from, edge } = chain;
    via = from && edge ? [...viaOf(from), ...(edge.by === undefined ? [] : [edge.by]), edge.step] : [];
    vias.set(chain, via);
  }
  return via;
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
  const begin: Chain = { to: start, length: 0, open: true, from: null, edge: null };
  const reached: Reached = { best: new Map([[start, begin]]), byLength: [[start]] };
  const found: Chain[] = [];
  for (let length = 0; length < reached.byLength.length; length++) {
    const border = borderAt(reached, length);
    if (length > 0) for (const chain of border) found.push(chain);
    for (const chain of border) {
      const news = listsOf(chain.to).filter((list) => isNews(followed, list, chain.open === true));
      for (const edge of news.flat()) keepBetter(reached, chain, edge);
    }
  }
  return found;
}

interface Reached {
  /** the best chain yet, by where it leads */
  readonly best: Map<number, Chain>;
  /** where chains of each length lead; some of these have been reached by a shorter one since */
  readonly byLength: number[][];
}

/** The chains of a length, ordered by where they lead. */
function borderAt({ best, byLength }: Reached, length: number): readonly Chain[] {
  return (byLength[length] ?? [])
    .map((to) => best.get(to) as Chain)
    .filter((chain) => chain.length === length)
    .sort((a, b) => a.to - b.to);
}

/** A list that was followed under a condition is worth following again without one. */
function isNews(followed: Map<readonly Edge[], boolean>, list: readonly Edge[], isOpen: boolean): boolean {
  const before = followed.get(list);
  if (before === true || before === isOpen) return false;
  followed.set(list, isOpen);
  return true;
}

function keepBetter({ best, byLength }: Reached, from: Chain, edge: Edge): void {
  const length = from.length + (edge.by === undefined ? 1 : 2);
  const before = best.get(edge.to);
  if (before && before.length < length) return;
  const isKnown = before?.length === length;
  // of two that are equally long the second is better only without a condition
  if (isKnown && (before.open === true || from.open !== true || edge.open !== true)) return;
  const open = and(from.open, edge.open);
  if (open === false) return;
  best.set(edge.to, { to: edge.to, length, open, from, edge });
  if (isKnown) return;
  const there = byLength[length] ?? [];
  there.push(edge.to);
  byLength[length] = there;
}

/** The grants of a cell at the end of a chain and those of the chain; of a policy that nobody has yet there are none. */
export function chainGrants(grants: readonly Grant[], chain: Chain): readonly Grant[] {
  const along = grantsAlong(chain);
  if (along.length === 0) return grants;
  const all = [...grants.filter(({ policy }) => policy !== ANY_POLICY_NAME), ...along];
  return [...new Map(all.map((one) => [`${one.layer} ${one.policy} ${one.statement}`, one])).values()];
}

/** The statements behind its IAM actions. */
function grantsAlong({ from, edge }: Chain): readonly Grant[] {
  const before = from ? grantsAlong(from) : [];
  return edge?.grants ? [...before, ...edge.grants] : before;
}
