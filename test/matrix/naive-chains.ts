import type { Uncertainty } from '../../lib/evaluator/decision.ts';
import { and, type Formula, settle } from '../../lib/evaluator/formula.ts';
import type { Edge } from '../../lib/matrix/chains/chains.ts';
import { mergedCodes } from './naive-codes.ts';

/** A chain of edges from one principal to another. */
export interface NaiveChain {
  readonly to: number;
  readonly open: Formula;
  readonly codes: readonly Uncertainty[];
  readonly missing: string | null;
  readonly from: NaiveChain | null;
  readonly edge: Edge | null;
  readonly at: number;
  readonly length: number;
  readonly isGranted: boolean;
}

/** Sorts chains: those without missing data come first. */
export function certainFirst(edges: readonly Edge[]): readonly Edge[] {
  const isCertain = ({ missing }: Edge): boolean => missing === undefined;
  return [...edges.filter(isCertain), ...edges.filter((edge) => !isCertain(edge))];
}

interface Following {
  readonly start: number;
  readonly edgesOf: (from: number) => readonly Edge[];
  readonly missingOf: (principal: number) => string | null;
  /** decides between equally short chains */
  readonly ranks: readonly number[];
  /** the part of a formula that remains in the session of an edge */
  readonly inSession: (edge: Edge, open: Formula) => Formula;
}

/**
 * Everybody that a principal can become, shortest chains first. Of each length, and for each principal and kind of
 * session, it keeps the best chain that continues a best chain. Chains without missing data come first. It shares no
 * code with `chain-search.ts`.
 */
export function followed(following: Following): readonly (readonly NaiveChain[])[] {
  const { missingOf, edgesOf } = following;
  const isKnown = (p: number): boolean => missingOf(p) === null;
  const knownEdges = (from: number): readonly Edge[] =>
    isKnown(from) ? edgesOf(from).filter(({ missing }) => missing === undefined) : [];
  const known = levels({ ...following, edgesOf: knownEdges }, ({ to }) => isKnown(to));
  const unknown = levels(following, ({ to, missing }) => missing !== null || !isKnown(to));
  return [...known, ...unknown].filter((level) => level.length > 0);
}

function levels(
  following: Following,
  isReported: (chain: NaiveChain) => boolean,
): readonly (readonly NaiveChain[])[] {
  const { start, ranks } = following;
  const begin = { to: start, open: true, codes: [], missing: null, from: null, edge: null, at: 0 };
  const found: NaiveChain[] = [{ ...begin, length: 0, isGranted: false }];
  const done = new Set<string>();
  const all: (readonly NaiveChain[])[] = [];
  for (let length = 0; length <= Math.max(...found.map((one) => one.length)); length++) {
    const here = Map.groupBy(
      found.filter((one) => one.length === length && !done.has(sessionOf(one))),
      sessionOf,
    );
    for (const session of here.keys()) done.add(session);
    const best = [...here.values()]
      .flatMap(bestOf)
      .sort(
        (a, b) =>
          (ranks[a.to] ?? a.to) - (ranks[b.to] ?? b.to) ||
          goodness(b) - goodness(a) ||
          found.indexOf(a) - found.indexOf(b),
      );
    for (const chain of best)
      found.push(...nextOf(chain, following).filter((one) => !done.has(sessionOf(one))));
    all.push(best.filter((chain) => chain.from !== null && isReported(chain)));
  }
  return all;
}

/** The best chain; if it has codes and no condition, one with a condition and no codes may be better later. */
function bestOf(chains: readonly NaiveChain[]): readonly NaiveChain[] {
  const best = chains.reduce((one, other) => (goodness(other) > goodness(one) ? other : one));
  const plain = chains.find((one) => goodness(one) === 1);
  return goodness(best) === 2 && plain ? [best, plain] : [best];
}

const goodness = ({ open, codes }: NaiveChain): number =>
  2 * Number(open === true) + Number(codes.length === 0);

/** Kinds of sessions of one principal that may have different permissions. */
function sessionOf({ to, edge }: NaiveChain): string {
  return edge?.limits ? `${to} limited ${edge.limits.id}` : `${to} ${edge?.assumes ?? false}`;
}

function nextOf(chain: NaiveChain, { edgesOf, missingOf, inSession }: Following): readonly NaiveChain[] {
  const unknown = chain.missing ?? missingOf(chain.to);
  return edgesOf(chain.to).flatMap((edge) => {
    const there = chain.edge ? inSession(chain.edge, edge.open) : edge.open;
    const codes = new Set<Uncertainty>();
    const open = and(chain.open, settle(there, codes));
    if (open === false) return [];
    const length = chain.length + 1 + (edge.by ? 1 : 0) + (edge.after?.length ?? 0);
    const shared = {
      open,
      codes: mergedCodes(chain.codes, edge.codes ?? [], [...codes]),
      length,
      from: chain,
      edge,
    };
    const isGranted = chain.isGranted || edge.grants !== undefined;
    const missing = unknown ?? edge.missing ?? null;
    return edge.to.map((to, at) => ({ ...shared, to, at, missing, isGranted }));
  });
}
