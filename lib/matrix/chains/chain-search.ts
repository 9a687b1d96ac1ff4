import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import { SparseArray } from '../../memory/sparse-array.ts';
import { type Chain, type Edge, lengthOf, openingAlong } from './chains.ts';
import { isCovered, OPEN, type Opening, rankOf } from './codes.ts';
import { sessionKind } from './session-kind.ts';
import type { SessionLimits } from './session-limits.ts';

/** Principals with missing policies: the missing calls. */
export type MissingOf = (principal: number) => string | null;

/** The edges of a principal, in lists that it may share with others. */
export type EdgeLists = readonly (readonly Edge[])[];

/**
 * Chains, in the order in which they count: first those whose every step is known, then the others; in each part
 * shortest first, with chains of equal length in one level.
 */
export type Levels = readonly (readonly Chain[])[];

/** The next level; null after the last. */
export type NextLevel = () => readonly Chain[] | null;

/** The parameters of a search. */
export interface Search {
  readonly start: number;
  readonly listsOf: (from: number) => EdgeLists;
  /** null: no policies are missing */
  readonly missingOf: MissingOf | null;
  /**
   * principals with other permissions in a session of `sts:AssumeRole`: for these, both kinds of chains count; left
   * out: none
   */
  readonly asksHow?: ((principal: number) => boolean) | null;
  /** the rank of each principal among those of equal distance; left out: its number */
  readonly ranks?: readonly number[];
  /** the ends whose chains are returned; the search goes on through the others as well; left out: all */
  readonly isWanted?: (principal: number) => boolean;
}

const NONE_MISSING: MissingOf = () => null;
const NOBODY_ASKS = (): boolean => false;

const NO_CHAINS: readonly Chain[] = [];

/** The levels that contain chains, each computed on demand. Chains with unknown steps come separately. */
export function levelsAlong(search: Search): NextLevel {
  const { listsOf, missingOf, isWanted = () => true } = search;
  const isKnown = (principal: number): boolean => missingOf === null || missingOf(principal) === null;
  const knownLists = (from: number): EdgeLists => (isKnown(from) ? listsOf(from) : []);
  const known = { ...search, missingOf: null, listsOf: knownLists };
  const sure = new ChainSearch(known, 'sure');
  const isUnsure = ({ to, missing }: Chain): boolean => missing !== null || !isKnown(to);
  const all = once(() => new ChainSearch(search, 'all'));
  return () => {
    const next = sure.next(({ to }) => isKnown(to) && isWanted(to));
    if (next || (missingOf === null && !sure.hasLeftOut)) return next;
    return all().next((chain) => isUnsure(chain) && isWanted(chain.to));
  };
}

/** All levels at once. */
export function allLevels(search: Search): Levels {
  return [...new KeptLevels(levelsAlong(search))];
}

/** Levels that are computed once, on demand, and then kept. */
export class KeptLevels implements Iterable<readonly Chain[]> {
  readonly #found: (readonly Chain[])[] = [];
  readonly #next: NextLevel;

  constructor(next: NextLevel) {
    this.#next = next;
  }

  *[Symbol.iterator](): Generator<readonly Chain[]> {
    for (let i = 0; ; i++) {
      const level = this.#found[i] ?? this.#next();
      if (level === null) return;
      this.#found[i] = level;
      yield level;
    }
  }
}

/**
 * Finds everything that a principal can become, with one shortest chain each. Of equally short chains the first
 * without a condition counts; of these, the first without codes. If that one has codes, one with a condition and
 * without codes counts too: it is better if a later step has a condition anyway. Cycles end by themselves, since no
 * end is reached twice. Lists of edges are shared by many principals, so a list is followed twice only if the second
 * chain is better.
 */
class ChainSearch {
  readonly #listsOf: (from: number) => EdgeLists;
  readonly #missingOf: MissingOf;
  /**
   * followed lists, with the ranks of the chains that followed them (one bit each); chains that end in a session of
   * `sts:AssumeRole` are separate, since it has other keys
   */
  readonly #followed = {
    assumed: new Map<readonly Edge[], number>(),
    other: new Map<readonly Edge[], number>(),
  };
  /** the best chain so far, by end */
  readonly #best = new SparseArray<Chain>();
  /** for principals that depend on the kind of session: the best chain that ends in one of `sts:AssumeRole` */
  readonly #bestAssumed = new Map<number, Chain>();
  /** for limited sessions: the best chain, by limit and end */
  readonly #bestLimited = new Map<SessionLimits, Map<number, Chain>>();
  /** by best chain, if that has codes but no condition: one of the same length with a condition and without codes */
  readonly #beside = new Map<Chain, Chain>();
  readonly #asksHow: (principal: number) => boolean;
  /**
   * by length: the chains found so far, of which some have since been improved; most lengths of long chains have a
   * single one
   */
  readonly #byLength: (Chain | Chain[] | undefined)[];
  /** edges whose ends were all reached by shorter chains */
  readonly #spent = { assumed: new Set<readonly number[]>(), other: new Set<readonly number[]>() };
  readonly #ranks: readonly number[];
  /** the chains that were returned last; they are followed when more are requested */
  #frontier: Chain | readonly Chain[] = NO_CHAINS;
  #length = 0;

  readonly #isSure: boolean;
  #hasLeftOut = false;

  /** `sure`: without the edges that are not known to exist. */
  constructor({ start, listsOf, missingOf, asksHow, ranks }: Search, edges: 'sure' | 'all') {
    this.#isSure = edges === 'sure';
    this.#ranks = ranks ?? [];
    this.#listsOf = listsOf;
    this.#asksHow = asksHow ?? NOBODY_ASKS;
    this.#missingOf = missingOf ?? NONE_MISSING;
    const begin = { to: start, length: 0, ...OPEN, from: null, edge: null, at: 0, missing: null };
    const chain: Chain = { ...begin, isGranted: false };
    this.#best.set(start, chain);
    this.#byLength = [chain];
  }

  /** True if some edge was left out because it is not known to exist. */
  get hasLeftOut(): boolean {
    return this.#hasLeftOut;
  }

  /** The chains of the next length with a wanted end, ordered by their end; null after the last. */
  next(isWanted: (chain: Chain) => boolean): readonly Chain[] | null {
    for (;;) {
      this.#extendAll(this.#frontier);
      this.#frontier = NO_CHAINS;
      if (this.#length >= this.#byLength.length) return null;
      const found = this.#byLength[this.#length++];
      if (found === undefined) continue;
      const wanted = isMany(found) ? this.#wantedOf(found, isWanted) : this.#wantedAlone(found, isWanted);
      if (wanted.length > 0) return wanted;
    }
  }

  /** Chains of one length without those that were improved, ordered by end; of these the wanted ones. */
  #wantedOf(chains: Chain[], isWanted: (chain: Chain) => boolean): readonly Chain[] {
    this.#frontier = chains
      .filter((chain) => this.#isBest(chain))
      .sort((a, b) => this.#rank(a) - this.#rank(b) || rankOf(b) - rankOf(a));
    return this.#frontier.filter((chain) => chain.from !== null && isWanted(chain));
  }

  #rank({ to }: Chain): number {
    return this.#ranks[to] ?? to;
  }

  /** The same for a single chain, the usual case in long chains: no list is created until needed. */
  #wantedAlone(chain: Chain, isWanted: (chain: Chain) => boolean): readonly Chain[] {
    if (!this.#isBest(chain)) return NO_CHAINS;
    this.#frontier = chain;
    return chain.from !== null && isWanted(chain) ? [chain] : NO_CHAINS;
  }

  #isBest(chain: Chain): boolean {
    const best = this.#bestTo(chain.to, chain.edge) as Chain;
    return best === chain || this.#beside.get(best) === chain;
  }

  #extendAll(frontier: Chain | readonly Chain[]): void {
    if (isMany(frontier)) for (const chain of frontier) this.#extend(chain);
    else this.#extend(frontier);
  }

  #extend(chain: Chain): void {
    const missing = chain.missing ?? this.#missingOf(chain.to);
    for (const list of this.#listsOf(chain.to)) {
      // an edge with a single end costs no more to follow than to remember
      const isShort = list.length === 1 && list[0]?.to.length === 1;
      if (!isShort && !this.#isWorthFollowing(list, chain)) continue;
      for (const edge of list) this.#follow(chain, edge, missing);
    }
  }

  /** True if a list was not followed yet, or only by a chain with a condition or codes that this one lacks. */
  #isWorthFollowing(list: readonly Edge[], chain: Chain): boolean {
    // a condition on the session may hold in one and not in the other
    if (chain.edge?.limits) return true;
    const followed = this.#followed[sessionKind(chain.edge)];
    const before = followed.get(list) ?? 0;
    const rank = rankOf(chain);
    if (isCovered(before, rank)) return false;
    followed.set(list, before | (1 << rank));
    return true;
  }

  #follow(from: Chain, edge: Edge, missing: string | null): void {
    if (this.#isSure && edge.missing !== undefined) {
      this.#hasLeftOut = true;
      return;
    }
    const length = from.length + lengthOf(edge);
    if (this.#isSpent(edge, length)) return;
    const opening = openingAlong(from, edge);
    const { open, codes } = opening;
    if (open === false) return;
    const isGranted = from.isGranted || edge.grants !== undefined;
    const unknown = missing ?? edge.missing ?? null;
    for (let at = 0; at < edge.to.length; at++) {
      const to = edge.to[at] as number;
      const before = this.#bestTo(to, edge);
      if (before && before.length < length) continue;
      if (this.#counts(opening, length, before))
        this.#keep({ to, length, open, codes, from, edge, at, missing: unknown, isGranted }, before);
    }
  }

  /** True if a chain is better than the best one so far, or the first that counts beside it. */
  #counts(opening: Opening, length: number, best: Chain | undefined): boolean {
    if (isBetter(opening, length, best)) return true;
    return best !== undefined && isBeside(opening, best) && !this.#beside.has(best);
  }

  /** True if shorter chains reach all ends. Chains are added in order of length, so this stays true. */
  #isSpent(edge: Edge, length: number): boolean {
    const { to } = edge;
    const spent = this.#spent[sessionKind(edge)];
    if (to.length > 1 && spent.has(to)) return true;
    const isSpent = to.every((end) => (this.#bestTo(end, edge)?.length ?? length) < length);
    if (isSpent && to.length > 1) spent.add(to);
    return isSpent;
  }

  #bestTo(to: number, edge: Edge | null): Chain | undefined {
    if (edge?.limits) return this.#bestLimited.get(edge.limits)?.get(to);
    return edge?.assumes && this.#asksHow(to) ? this.#bestAssumed.get(to) : this.#best.get(to);
  }

  /** `before`: the best chain so far to the same end. */
  #keep(chain: Chain, before: Chain | undefined): void {
    if (before?.length === chain.length && isBeside(chain, before)) this.#beside.set(before, chain);
    else this.#keepAsBest(chain, before);
    const found = this.#byLength[chain.length];
    if (found === undefined) this.#byLength[chain.length] = chain;
    else if (isMany(found)) found.push(chain);
    else this.#byLength[chain.length] = [found, chain];
  }

  #keepAsBest(chain: Chain, before: Chain | undefined): void {
    if (before?.length === chain.length && isBeside(before, chain)) this.#beside.set(chain, before);
    const limits = chain.edge?.limits;
    if (limits) remembered(this.#bestLimited, limits, () => new Map<number, Chain>()).set(chain.to, chain);
    else if (chain.edge?.assumes && this.#asksHow(chain.to)) this.#bestAssumed.set(chain.to, chain);
    else this.#best.set(chain.to, chain);
  }
}

function isMany<T extends readonly Chain[]>(chains: Chain | T): chains is T {
  return Array.isArray(chains);
}

/** True if a chain replaces the one before: that one has another length, or is less open. */
function isBetter(opening: Opening, length: number, before: Chain | undefined): boolean {
  return before?.length !== length || rankOf(opening) > rankOf(before);
}

/** True if a chain counts beside a better one: it has a condition instead of codes. */
function isBeside(opening: Opening, best: Opening): boolean {
  return rankOf(opening) < rankOf(best) && !isCovered(1 << rankOf(best), rankOf(opening));
}
