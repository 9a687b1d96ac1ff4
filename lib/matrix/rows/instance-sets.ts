import { type Bits, bitsKey, placesIn } from './bits.ts';
import type { Universe } from './universe.ts';

/** Sets of instances by the classes in them; equal sets are one object, expanded when somebody looks. */
export class InstanceSets {
  readonly #members: readonly (readonly number[])[];
  readonly #sets = new Map<string, InstanceSet>();

  constructor(universe: Universe) {
    const members: number[][] = universe.representatives.map(() => []);
    for (const [instance, place] of universe.classOf.entries()) members[place]?.push(instance);
    this.#members = members;
  }

  of(bits: Bits): InstanceSet {
    const key = bitsKey(bits);
    let set = this.#sets.get(key);
    if (!set) {
      set = new InstanceSet(this.#sets.size, bits, this.#members);
      this.#sets.set(key, set);
    }
    return set;
  }
}

export class InstanceSet {
  readonly id: number;
  readonly bits: Bits;
  readonly #members: readonly (readonly number[])[];
  #instances: readonly number[] | null = null;

  constructor(id: number, bits: Bits, members: readonly (readonly number[])[]) {
    this.id = id;
    this.bits = bits;
    this.#members = members;
  }

  /** indexes of the matrix's instances, ascending */
  get instances(): readonly number[] {
    this.#instances ??= placesIn(this.bits)
      .flatMap((place) => this.#members[place] ?? [])
      .sort((a, b) => a - b);
    return this.#instances;
  }
}
