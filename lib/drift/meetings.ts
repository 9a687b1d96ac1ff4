import { type Bits, eachPlace, setBit } from '../evaluator/bits.ts';
import { remembered } from '../memory/remembered.ts';

/** A set of one list and an intersecting set of another, by their indexes; past the end: none. */
export interface Meeting {
  readonly at: number;
  readonly metAt: number;
  readonly columns: Bits;
}

/**
 * The intersections of the sets of two lists. The sets of a list are disjoint, so columns are visited once,
 * and not each pair of sets.
 */
export class Meetings {
  /** for each column its set of the second list, during a comparison */
  readonly #metIn: Int32Array;

  constructor(columns: number) {
    this.#metIn = new Int32Array(columns);
  }

  /** In the order of the lists. `differ`: whether the intersection of these two matters. */
  of(
    was: readonly Bits[],
    is: readonly Bits[],
    differ: (at: number, metAt: number) => boolean,
  ): readonly Meeting[] {
    const none = is.length;
    const metIn = this.#metIn.fill(none);
    for (const [metAt, bits] of is.entries()) {
      eachPlace(bits, (column) => {
        metIn[column] = metAt;
      });
    }
    const found = new Found(none + 1, (metIn.length + 31) >>> 5, differ);
    for (const [at, bits] of was.entries()) {
      eachPlace(bits, (column) => {
        found.add(at, metIn[column] as number, column);
        metIn[column] = none;
      });
    }
    // the rest is in no set of the first list
    for (const [metAt, bits] of is.entries()) {
      eachPlace(bits, (column) => {
        if (metIn[column] !== none) found.add(was.length, metAt, column);
      });
    }
    return found.meetings();
  }
}

class Found {
  readonly #width: number;
  readonly #words: number;
  readonly #differ: (at: number, metAt: number) => boolean;
  readonly #pairs = new Map<number, Bits | null>();
  #lastPair = -1;
  #last: Bits | null = null;

  constructor(width: number, words: number, differ: (at: number, metAt: number) => boolean) {
    this.#width = width;
    this.#words = words;
    this.#differ = differ;
  }

  add(at: number, metAt: number, column: number): void {
    const pair = at * this.#width + metAt;
    // columns of one pair are often adjacent
    if (pair !== this.#lastPair) {
      this.#last = this.#columnsOf(pair, at, metAt);
      this.#lastPair = pair;
    }
    if (this.#last) setBit(this.#last, column);
  }

  meetings(): readonly Meeting[] {
    return [...this.#pairs]
      .flatMap(([pair, columns]) => (columns ? [{ pair, columns }] : []))
      .sort((a, b) => a.pair - b.pair)
      .map(({ pair, columns }) => ({
        at: Math.floor(pair / this.#width),
        metAt: pair % this.#width,
        columns,
      }));
  }

  #columnsOf(pair: number, at: number, metAt: number): Bits | null {
    return remembered(this.#pairs, pair, () =>
      this.#differ(at, metAt) ? new Uint32Array(this.#words) : null,
    );
  }
}
