import type { Levels } from '../matrix/chains/chain-search.ts';
import { type Chain, lengthOf } from '../matrix/chains/chains.ts';
import { BEST, bothOpenings, NO_CODES, rankOf } from '../matrix/chains/codes.ts';
import type { Base } from './base.ts';
import { changedEnds } from './changed-ends.ts';
import type { EdgeChange } from './edge-change.ts';
import type { EdgePair } from './edge-pairs.ts';

/** Principals that start the same chains, with these chains before and after. */
export interface Rechained {
  readonly principals: readonly number[];
  readonly before: Levels;
  readonly after: Levels;
  /** ends whose chains differ */
  readonly ends: readonly number[];
}

/** The principals whose chains change. */
export function rechained(base: Base, edges: EdgeChange): readonly Rechained[] {
  // if data is missing, there may be two chains to a principal, so every start is searched again
  const { isWhole } = base.built.rows;
  const changed = isWhole ? edges.principals : null;
  const starts = changed === null ? allStarts(base) : changedStarts(base, edges, changed);
  return starts.flatMap(({ principals, before }) => {
    const alike = Map.groupBy(principals, (p) => base.built.rows.edgesName(p, edges.listsOf(p)));
    return [...alike.values()].flatMap((members) => {
      const first = members[0] as number;
      const after = base.built.rows.levelsAlong(first, edges.listsOf(first), (from) => edges.listsOf(from));
      const isSure = isWhole && !(hasUnsure(before) || hasUnsure(after));
      const ends = isSure ? changedEnds(before, after) : allEnds(before, after);
      return ends.length > 0 ? [{ principals: members, before, after, ends }] : [];
    });
  });
}

/** Chains with unknown steps are the last. */
const hasUnsure = (levels: Levels): boolean =>
  levels.at(-1)?.some(({ missing }) => missing !== null) ?? false;

function allEnds(before: Levels, after: Levels): readonly number[] {
  return [...new Set([...before, ...after].flatMap((level) => level.map(({ to }) => to)))];
}

type Start = Omit<Rechained, 'after' | 'ends'>;

function allStarts({ built, groups, groupOf }: Base): readonly Start[] {
  const alone = [...built.subjects.keys()].filter((p) => groupOf[p] === undefined);
  return [
    ...groups.map(({ principals, levels }) => ({ principals, before: levels })),
    ...alone.map((p) => ({ principals: [p], before: [] })),
  ];
}

function changedStarts(base: Base, edges: EdgeChange, changed: ReadonlySet<number>): readonly Start[] {
  const through = new Set<number>();
  const starts = [...changed].flatMap((p) => {
    // edges that open nothing and lead nowhere are never followed
    const pairs = edges.changedFrom(p).filter(({ to }) => base.built.rows.isUseful(to));
    return pairs.length === 0 ? [] : [{ p, pairs }];
  });
  for (const { p, pairs } of starts) {
    for (const group of base.groupsBy(p)) {
      if (through.has(group)) continue;
      if (pairs.some((pair) => mayMatter(base, group, p, pair))) through.add(group);
    }
  }
  const own = starts
    .map(({ p }) => p)
    .filter((p) => p < base.built.subjects.length && !through.has(base.groupOf[p] ?? -1));
  return [
    ...[...through].map((group) => {
      const { principals, levels } = base.groups[group] as Base['groups'][number];
      return { principals, before: levels };
    }),
    ...own.map((p) => ({ principals: [p], before: base.groups[base.groupOf[p] ?? -1]?.levels ?? [] })),
  ];
}

/** True if there may be several chains to one end, each in another kind of session, and something leads there or will. */
function mayMatter(base: Base, group: number, p: number, pair: EdgePair): boolean {
  const { rows } = base.built;
  const [at, best] = [base.chainTo(group, p), base.chainTo(group, pair.to)];
  if (best === undefined && pair.after === null) return false;
  const isSingle = !pair.isLimited && !rows.asksHow(p) && !rows.asksHow(pair.to);
  if (!isSingle || !at || best === null) return true;
  return !areComparable([at, best], pair) || matters(at, best, pair);
}

/** False if not the length alone decides: limits end in other sessions, and what is missing puts a chain last. */
function areComparable(chains: readonly (Chain | undefined)[], { before, after }: EdgePair): boolean {
  const isSure = [before, after].every((edge) => edge?.missing === undefined);
  return isSure && chains.every((chain) => !chain || (chain.missing === null && !chain.edge?.limits));
}

/** True if the changed edge may be, or may have been, a step of the best chain to its end. */
function matters(at: Chain, best: Chain | undefined, { before, after }: EdgePair): boolean {
  const edge = after ?? before;
  const length = at.length + (edge === null ? 0 : lengthOf(edge));
  if (!best || best.length > length) return after !== null;
  if (best.length < length) return false;
  if (best.from?.to === at.to) return true;
  // of two equally long chains the better one counts, then the one through the lower number
  if (after === null) return false;
  // the codes of another edge to the same end are not known here: assume none
  const rank = rankOf(bothOpenings(at, { open: after.open, codes: NO_CODES }));
  return rank > rankOf(best) || (rank === rankOf(best) && (rank < BEST || at.to < (best.from?.to ?? 0)));
}
