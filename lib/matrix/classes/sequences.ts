import { remembered } from '../../memory/remembered.ts';

/** More than there will ever be; its square is still exact. */
const SPAN = 2 ** 26;

/** Numbers for sequences of numbers: equal sequences, equal numbers. The empty one is 0. */
export class Sequences {
  readonly #longer = new Map<number, number>();

  /** The sequence with that number, and one more. */
  after(sequence: number, one: number): number {
    const key = sequence * SPAN + one;
    return remembered(this.#longer, key, () => this.#longer.size + 1);
  }
}
