import { type Bits, eachPlace, setBit } from '../evaluator/bits.ts';
import { remembered } from '../memory/remembered.ts';

/** A set of one list and an intersecting set of another, by their indexes; past the end: none. */
export interface Overlap {
  readonly at: number;
  readonly otherAt: number;
  readonly columns: Bits;
}

/**
 * The intersections of the sets of two lists. The sets of a list are disjoint, so columns are visited once,
 * and not each pair of sets.
 */
export class Overlaps {
  /** for each column its set of the second list, during a comparison */
  readonly #otherOf: Int32Array;

  constructor(columns: number) {
    this.#otherOf = new Int32Array(columns);
  }

  /** In the order of the lists. `differ`: whether the intersection of these two matters. */
  of(
    was: readonly Bits[],
    is: readonly Bits[],
    differ: (at: number, otherAt: number) => boolean,
  ): readonly Overlap[] {
    const none = is.length;
    const otherOf = this.#otherOf.fill(none);
    for (const [otherAt, bits] of is.entries()) {
      eachPlace(bits, (column) => {
        otherOf[column] = otherAt;
      });
    }
    const found = new Found(none + 1, (otherOf.length + 31) >>> 5, differ);
    for (const [at, bits] of was.entries()) {
      eachPlace(bits, (column) => {
        found.add(at, otherOf[column] as number, column);
        otherOf[column] = none;
      });
    }
    // the rest is in no set of the first list
    for (const [otherAt, bits] of is.entries()) {
      eachPlace(bits, (column) => {
        if (otherOf[column] !== none) found.add(was.length, otherAt, column);
      });
    }
    return found.overlaps();
  }
}

class Found {
  readonly #width: number;
  readonly #words: number;
  readonly #differ: (at: number, otherAt: number) => boolean;
  readonly #pairs = new Map<number, Bits | null>();
  #lastPair = -1;
  #last: Bits | null = null;

  constructor(width: number, words: number, differ: (at: number, otherAt: number) => boolean) {
    this.#width = width;
    this.#words = words;
    this.#differ = differ;
  }

  add(at: number, otherAt: number, column: number): void {
    const pair = at * this.#width + otherAt;
    // columns of one pair are often adjacent
    if (pair !== this.#lastPair) {
      this.#last = this.#columnsOf(pair, at, otherAt);
      this.#lastPair = pair;
    }
    if (this.#last) setBit(this.#last, column);
  }

  overlaps(): readonly Overlap[] {
    return [...this.#pairs]
      .flatMap(([pair, columns]) => (columns ? [{ pair, columns }] : []))
      .sort((a, b) => a.pair - b.pair)
      .map(({ pair, columns }) => ({
        at: Math.floor(pair / this.#width),
        otherAt: pair % this.#width,
        columns,
      }));
  }

  #columnsOf(pair: number, at: number, otherAt: number): Bits | null {
    return remembered(this.#pairs, pair, () =>
      this.#differ(at, otherAt) ? new Uint32Array(this.#words) : null,
    );
  }
}
