import { remembered } from '../../memory/remembered.ts';
import { SparseArray } from '../../memory/sparse-array.ts';
import { type Chain, type Edge, lengthOf, openingAlong } from './chains.ts';
import { isCovered, OPEN, type Opening, rankOf } from './codes.ts';
import type { SessionLimits } from './session-limits.ts';

/** Principals with missing policies: the missing calls. */
export type MissingOf = (principal: number) => string | null;

/** The edges from a principal, in lists that many may have in common. */
export type EdgeLists = readonly (readonly Edge[])[];

/**
 * Chains in the order in which they count: first those whose every step is known, however long, then the
 * others; in each part, chains of equal length together, shortest first.
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
   * principals with other rights in a session of `sts:AssumeRole`, so that both kinds of chains to them
   * count; left out: none
   */
  readonly asksHow?: ((principal: number) => boolean) | null;
  /** the rank of each principal among those of equal distance; left out: its number */
  readonly ranks?: readonly number[];
  /** principals whose chains are reported; all are followed */
  readonly isWanted?: (principal: number) => boolean;
}

const NONE_MISSING: MissingOf = () => null;
const NOBODY_ASKS = (): boolean => false;

const NO_CHAINS: readonly Chain[] = [];

/**
 * The levels that have chains, each computed on demand. There are two kinds of chains only if something is
 * missing.
 */
export function levelsAlong(search: Search): NextLevel {
  const { listsOf, missingOf, isWanted = () => true } = search;
  if (missingOf === null) return nextOf(search, ({ to }) => isWanted(to));
  const isKnown = (principal: number): boolean => missingOf(principal) === null;
  const knownLists = (from: number): EdgeLists => (isKnown(from) ? listsOf(from).map(knownOf) : []);
  const known = { ...search, missingOf: null, listsOf: knownLists };
  const sure = nextOf(known, ({ to }) => isKnown(to) && isWanted(to));
  const isUnsure = ({ to, missing }: Chain): boolean => missing !== null || !isKnown(to);
  const unsure = nextOf(search, (chain) => isUnsure(chain) && isWanted(chain.to));
  return () => sure() ?? unsure();
}

function nextOf(search: Search, isWanted: (chain: Chain) => boolean): NextLevel {
  const chains = new ChainSearch(search);
  return () => chains.next(isWanted);
}

/** All levels at once. */
export function allLevels(search: Search): Levels {
  return [...new KeptLevels(levelsAlong(search))];
}

const knownEdges = new WeakMap<readonly Edge[], readonly Edge[]>();

/** The edges of a list that are certain; for one list always the same result. */
function knownOf(list: readonly Edge[]): readonly Edge[] {
  let known = knownEdges.get(list);
  if (!known) {
    const sure = list.filter(({ missing }) => missing === undefined);
    known = sure.length === list.length ? list : sure;
    knownEdges.set(list, known);
  }
  return known;
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
 * Everything that a principal can become, shortest chains first, one for each; among equally short ones the
 * first without conditions, and of these the first without codes. Cycles end by themselves, since nothing is
 * reached twice. Edges are in lists shared by many principals, so that no list is followed twice without need.
 */
class ChainSearch {
  readonly #listsOf: (from: number) => EdgeLists;
  readonly #missingOf: MissingOf;
  /**
   * followed lists, and by chains of which ranks, one bit each: from a session of `sts:AssumeRole`, and from others, which
   * have other keys
   */
  readonly #followed = {
    assumed: new Map<readonly Edge[], number>(),
    other: new Map<readonly Edge[], number>(),
  };
  /** the best chain so far, by its end */
  readonly #best = new SparseArray<Chain>();
  /** for principals that depend on the kind of session, the best that ends in one of `sts:AssumeRole` */
  readonly #bestAssumed = new Map<number, Chain>();
  /** for limited sessions, the best by limit and end */
  readonly #bestLimited = new Map<SessionLimits, Map<number, Chain>>();
  readonly #asksHow: (principal: number) => boolean;
  /** chains of each length; some have a better chain to the same end. Most lengths of long chains have one */
  readonly #byLength: (Chain | Chain[] | undefined)[];
  /** edges whose ends have all been reached by shorter chains */
  readonly #spent = { assumed: new Set<readonly number[]>(), other: new Set<readonly number[]>() };
  readonly #ranks: readonly number[];
  /** the chains returned last: they are followed only if more are requested */
  #border: Chain | readonly Chain[] = NO_CHAINS;
  #length = 0;

  constructor({ start, listsOf, missingOf, asksHow, ranks }: Search) {
    this.#ranks = ranks ?? [];
    this.#listsOf = listsOf;
    this.#asksHow = asksHow ?? NOBODY_ASKS;
    this.#missingOf = missingOf ?? NONE_MISSING;
    const begin = { to: start, length: 0, ...OPEN, from: null, edge: null, at: 0, missing: null };
    const chain: Chain = { ...begin, isGranted: false };
    this.#best.set(start, chain);
    this.#byLength = [chain];
  }

  /** The chains of the next length with a wanted end, ordered by their end; null after the last. */
  next(isWanted: (chain: Chain) => boolean): readonly Chain[] | null {
    for (;;) {
      this.#goOnFrom(this.#border);
      this.#border = NO_CHAINS;
      if (this.#length >= this.#byLength.length) return null;
      const there = this.#byLength[this.#length++];
      if (there === undefined) continue;
      const wanted = isMany(there) ? this.#amongMany(there, isWanted) : this.#alone(there, isWanted);
      if (wanted.length > 0) return wanted;
    }
  }

  /** Those without a better chain to the same end, ordered by end; of these the wanted. */
  #amongMany(chains: Chain[], isWanted: (chain: Chain) => boolean): readonly Chain[] {
    this.#border = chains
      .filter((chain) => this.#isBest(chain))
      .sort((a, b) => this.#rank(a) - this.#rank(b) || rankOf(b) - rankOf(a));
    return this.#border.filter((chain) => chain.from !== null && isWanted(chain));
  }

  #rank({ to }: Chain): number {
    return this.#ranks[to] ?? to;
  }

  /** The same for a single chain, the usual case in long chains: no list is created until needed. */
  #alone(chain: Chain, isWanted: (chain: Chain) => boolean): readonly Chain[] {
    if (!this.#isBest(chain)) return NO_CHAINS;
    this.#border = chain;
    return chain.from !== null && isWanted(chain) ? [chain] : NO_CHAINS;
  }

  #isBest(chain: Chain): boolean {
    return this.#bestTo(chain.to, chain.edge) === chain;
  }

  #goOnFrom(border: Chain | readonly Chain[]): void {
    if (isMany(border)) for (const chain of border) this.#goOn(chain);
    else this.#goOn(border);
  }

  #goOn(chain: Chain): void {
    const missing = chain.missing ?? this.#missingOf(chain.to);
    for (const list of this.#listsOf(chain.to)) {
      // an edge to a single end is followed as fast as it is remembered
      const isShort = list.length === 1 && list[0]?.to.length === 1;
      if (!isShort && !this.#isNews(list, chain)) continue;
      for (const edge of list) this.#follow(chain, edge, missing);
    }
  }

  /** A list that was followed under a condition, or with codes, is worth following again without. */
  #isNews(list: readonly Edge[], chain: Chain): boolean {
    // what is closed to one session may be open to another
    if (chain.edge?.limits) return true;
    const followed = this.#followed[howOf(chain.edge)];
    const before = followed.get(list) ?? 0;
    const rank = rankOf(chain);
    if (isCovered(before, rank)) return false;
    followed.set(list, before | (1 << rank));
    return true;
  }

  #follow(from: Chain, edge: Edge, missing: string | null): void {
    const opening = openingAlong(from, edge);
    if (opening.open === false || this.#isSpent(edge)) return;
    const length = from.length + lengthOf(edge);
    const isGranted = from.isGranted || edge.grants !== undefined;
    const unknown = missing ?? edge.missing ?? null;
    let isSpent = true;
    for (let at = 0; at < edge.to.length; at++) {
      const to = edge.to[at] as number;
      const before = this.#bestTo(to, edge);
      if (before && before.length < length) continue;
      isSpent = false;
      if (isBetter(opening, length, before))
        this.#keep({ to, length, ...opening, from, edge, at, missing: unknown, isGranted });
    }
    // lengths only grow
    if (isSpent && edge.to.length > 1) this.#spent[howOf(edge)].add(edge.to);
  }

  #isSpent(edge: Edge): boolean {
    return edge.to.length > 1 && this.#spent[howOf(edge)].has(edge.to);
  }

  #bestTo(to: number, edge: Edge | null): Chain | undefined {
    if (edge?.limits) return this.#bestLimited.get(edge.limits)?.get(to);
    return edge?.assumes && this.#asksHow(to) ? this.#bestAssumed.get(to) : this.#best.get(to);
  }

  #keep(chain: Chain): void {
    const limits = chain.edge?.limits;
    if (limits) remembered(this.#bestLimited, limits, () => new Map<number, Chain>()).set(chain.to, chain);
    else if (chain.edge?.assumes && this.#asksHow(chain.to)) this.#bestAssumed.set(chain.to, chain);
    else this.#best.set(chain.to, chain);
    const there = this.#byLength[chain.length];
    if (there === undefined) this.#byLength[chain.length] = chain;
    else if (isMany(there)) there.push(chain);
    else this.#byLength[chain.length] = [there, chain];
  }
}

function isMany<T extends readonly Chain[]>(chains: Chain | T): chains is T {
  return Array.isArray(chains);
}

/** Of two equally long chains the second is better only without a condition, or without codes. */
function isBetter(opening: Opening, length: number, before: Chain | undefined): boolean {
  return before?.length !== length || rankOf(opening) > rankOf(before);
}

/** How a principal gets its session through an edge. */
function howOf(edge: Edge | null): 'assumed' | 'other' {
  return edge?.assumes ? 'assumed' : 'other';
}
