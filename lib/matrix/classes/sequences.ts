/** The initial size; always a power of two. */
const SLOTS = 1024;

/**
 * Numbers sequences of numbers: equal sequences get equal numbers, and the empty one 0. A large account needs
 * millions of lookups, so the table is one array of numbers: a Map would allocate on each lookup.
 */
export class Sequences {
  #slots = SLOTS;
  #count = 0;
  /** three numbers per slot: a sequence, the next number, and the sequence of both (0: the slot is free) */
  #table = new Int32Array(3 * SLOTS);

  /** The number of a sequence with one more number at its end. */
  after(sequence: number, one: number): number {
    const slot = this.#slotOf(sequence, one);
    const known = this.#table[slot + 2] as number;
    if (known !== 0) return known;
    this.#count++;
    this.#put(slot, sequence, one, this.#count);
    if (2 * this.#count > this.#slots) this.#grow();
    return this.#count;
  }

  /** The number of a whole sequence. */
  of(numbers: readonly number[]): number {
    let sequence = 0;
    for (const one of numbers) sequence = this.after(sequence, one);
    return sequence;
  }

  /** The slot of this pair, or a free one. */
  #slotOf(sequence: number, one: number): number {
    const mask = this.#slots - 1;
    const hash = Math.imul(Math.imul(sequence, 0x9e3779b1) ^ one, 0x85ebca6b);
    let at = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const slot = 3 * at;
      if (this.#table[slot + 2] === 0) return slot;
      if (this.#table[slot] === sequence && this.#table[slot + 1] === one) return slot;
      at = (at + 1) & mask;
    }
  }

  #put(slot: number, sequence: number, one: number, number: number): void {
    this.#table[slot] = sequence;
    this.#table[slot + 1] = one;
    this.#table[slot + 2] = number;
  }

  #grow(): void {
    const before = this.#table;
    this.#slots *= 2;
    this.#table = new Int32Array(3 * this.#slots);
    for (let i = 0; i < before.length; i += 3) {
      const [sequence, one, number] = [before[i] as number, before[i + 1] as number, before[i + 2] as number];
      if (number !== 0) this.#put(this.#slotOf(sequence, one), sequence, one, number);
    }
  }
}
