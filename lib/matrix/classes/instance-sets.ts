import { areEqual, type Bits, hasBit, hashOf, placesIn } from '../../evaluator/bits.ts';
import type { ClassifiedInstances } from './instance-classes.ts';

/** Instances in classes: every group contains all of a class or nothing of it. */
export class InstanceClasses {
  /** the class of each instance */
  readonly classOf: Uint32Array;
  /** indexes of the matrix's instances, ascending */
  readonly members: readonly (readonly number[])[];

  constructor(classOf: Uint32Array, width: number) {
    const members: number[][] = Array.from({ length: width }, () => []);
    for (let instance = 0; instance < classOf.length; instance++)
      members[classOf[instance] as number]?.push(instance);
    this.classOf = classOf;
    this.members = members;
  }
}

/** Sets of instances, stored by class. Equal sets are one object. Instances are listed on demand. */
export class InstanceSets {
  readonly #classes: InstanceClasses;
  /** by hash */
  readonly #sets = new Map<number, InstanceSet[]>();
  #count = 0;

  constructor({ classOf, representatives }: ClassifiedInstances) {
    this.#classes = new InstanceClasses(classOf, representatives.length);
  }

  of(bits: Bits): InstanceSet {
    const hash = hashOf(bits);
    const near = this.#sets.get(hash) ?? [];
    const known = near.find((set) => areEqual(set.bits, bits));
    if (known) return known;
    const set = new InstanceSet(this.#count++, bits, this.#classes);
    if (near.push(set) === 1) this.#sets.set(hash, near);
    return set;
  }
}

export class InstanceSet {
  readonly id: number;
  readonly bits: Bits;
  readonly classes: InstanceClasses;
  #instances: readonly number[] | null = null;
  #size: number | null = null;
  #first: number | undefined | null = null;

  constructor(id: number, bits: Bits, classes: InstanceClasses) {
    this.id = id;
    this.bits = bits;
    this.classes = classes;
  }

  /** indexes of the matrix's instances, ascending */
  get instances(): readonly number[] {
    this.#instances ??= placesIn(this.bits)
      .flatMap((place) => this.classes.members[place] ?? [])
      .sort((a, b) => a - b);
    return this.#instances;
  }

  /** the number of instances, without listing them */
  get size(): number {
    this.#size ??= placesIn(this.bits).reduce(
      (sum, place) => sum + (this.classes.members[place]?.length ?? 0),
      0,
    );
    return this.#size;
  }

  /** the first of `instances`, without listing them; undefined: there is none */
  get first(): number | undefined {
    if (this.#first === null) {
      const firsts = placesIn(this.bits).flatMap((place) => this.classes.members[place]?.[0] ?? []);
      this.#first = firsts.length === 0 ? undefined : firsts.reduce((a, b) => Math.min(a, b));
    }
    return this.#first;
  }

  has(instance: number): boolean {
    const place = this.classes.classOf[instance];
    return place !== undefined && hasBit(this.bits, place);
  }
}
