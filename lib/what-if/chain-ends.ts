import { type Bits, intersects } from '../evaluator/bits.ts';
import type { Levels } from '../matrix/chains/chain-search.ts';
import type { Chain } from '../matrix/chains/chains.ts';
import { BEST, rankOf } from '../matrix/chains/codes.ts';
import { isSameSession } from '../matrix/chains/end-session.ts';
import { coverOf, type IndirectRows, rankOfCell } from '../matrix/chains/indirect-rows.ts';
import type { AccessPath } from '../matrix/paths/access-paths.ts';
import type { HeldCell } from '../matrix/rows/row-cell.ts';
import { remembered } from '../memory/remembered.ts';
import type { AskedPaths } from './asked-paths.ts';
import type { Base } from './base.ts';
import type { Held } from './cell-changes.ts';

/** From this number of chains on, those that cannot decide are sorted out in advance. */
const MANY = 100;

/** Chains, shortest first, without those that do not matter on a path. */
export interface Ends {
  readonly chains: readonly Chain[];
  /** by chain: the access at its end, as a number of Asking */
  readonly numbers: Int32Array;
  /** by length: the index after the last chain */
  readonly stops: readonly number[];
}

/**
 * The chains that can decide the access on a path, whatever an instance is like. Of chains to the same cells under
 * the same condition only the first can.
 */
export class DecidingChains {
  readonly #asked: AskedPaths;
  readonly #indirect: IndirectRows;
  readonly #width: number;
  /** for the chains without any change */
  readonly #known: ReadonlyMap<Levels, Map<AccessPath, Ends>>;

  constructor({ built, groups, indirect }: Base, asked: AskedPaths) {
    this.#asked = asked;
    this.#indirect = indirect;
    this.#width = built.rows.width;
    this.#known = new Map(groups.map(({ levels }) => [levels, new Map()]));
    for (const { levels } of groups)
      if (levels.reduce((sum, level) => sum + level.length, 0) >= MANY)
        for (const path of built.audited.paths) this.of(levels, path);
  }

  of(levels: Levels, path: AccessPath): Ends {
    const known = this.#known.get(levels);
    // chains of a single change are used once: finding those that decide would cost more than it saves
    if (!known) return allOf(levels, this.#asked.on(path).numbers);
    return remembered(known, path, () => decidingOf(levels, this.#asked.on(path).numbers));
  }

  /** The chains to cells in some of these places. */
  within({ chains, numbers, stops }: Ends, path: AccessPath, places: Bits): Levels {
    const known: boolean[] = [];
    const isWanted = (number: number): boolean => {
      if (number === -1) return false;
      known[number] ??= intersects(coverOf(this.#asked.cellsOf(path, number), this.#width), places);
      return known[number];
    };
    return stops.map((stop, level) => {
      const wanted: Chain[] = [];
      for (let i = stops[level - 1] ?? 0; i < stop; i++)
        if (isWanted(numbers[i] as number)) wanted.push(chains[i] as Chain);
      return wanted;
    });
  }

  /**
   * The access to one instance through chains: the shortest; of equally short ones the one with the best cell; of
   * these the first. `cellOf`: the direct cell on the instance, by number.
   */
  reached(ends: Ends, cellOf: (number: number) => HeldCell | null): Held | null {
    let from = 0;
    for (const stop of ends.stops) {
      const held = this.#reachedIn(ends, from, stop, cellOf);
      if (held) return held;
      from = stop;
    }
    return null;
  }

  #reachedIn(
    { chains, numbers }: Ends,
    from: number,
    stop: number,
    cellOf: (number: number) => HeldCell | null,
  ): Held | null {
    let best: Held | null = null;
    let most = -1;
    for (let i = from; i < stop && most < BEST; i++) {
      const number = numbers[i] as number;
      const cell = number === -1 ? null : cellOf(number);
      const chain = chains[i] as Chain;
      const held = cell && rankOf(chain) > most ? this.#indirect.through(chain, cell) : null;
      const rank = held ? rankOfCell(held.cell) : -1;
      if (rank > most) [best, most] = [held, rank];
    }
    return best;
  }
}

function decidingOf(levels: Levels, numbers: Int32Array): Ends {
  const seen = new Map<number, Chain[]>();
  const decides = (chain: Chain): boolean => {
    const number = numbers[chain.to] as number;
    if (number === -1) return false;
    const before = remembered(seen, number, () => []);
    if (before.some((one) => decidesBefore(one, chain))) return false;
    before.push(chain);
    return true;
  };
  return allOf(
    levels.map((level) => level.filter(decides)),
    numbers,
  );
}

/** True if the first of these chains to the same cells always gives a cell that is as good. */
function decidesBefore(one: Chain, other: Chain): boolean {
  // a condition on the session may hold at the end of one and not of the other
  if (!isSameSession(one.edge, other.edge)) return false;
  const isAsOpen = one.open === true || one.open === other.open;
  return isAsOpen && (one.length < other.length || one.codes.length === 0 || other.codes.length > 0);
}

function allOf(levels: Levels, numbers: Int32Array): Ends {
  const chains = levels.flat();
  const own = new Int32Array(chains.length);
  for (const [i, { to }] of chains.entries()) own[i] = numbers[to] as number;
  let stop = 0;
  const stops = levels.map((level) => {
    stop += level.length;
    return stop;
  });
  return { chains, numbers: own, stops };
}
