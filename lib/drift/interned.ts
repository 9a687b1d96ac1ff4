type Numbers = Uint32Array | Int32Array;

/**
 * Lists of numbers, of which equal ones are one object with one number, so that later comparisons are cheap.
 */
export class InternedLists<T extends Numbers> {
  readonly #byHash = new Map<number, T[]>();
  readonly #numbers = new Map<T, number>();

  of(list: T): T {
    const hash = hashOf(list);
    const near = this.#byHash.get(hash) ?? [];
    const known = near.find((one) => areEqual(one, list));
    if (known) return known;
    if (near.push(list) === 1) this.#byHash.set(hash, near);
    this.#numbers.set(list, this.#numbers.size);
    return list;
  }

  /** The number of a list that `of` returned. */
  numberOf(list: T): number {
    return this.#numbers.get(list) as number;
  }
}

function hashOf(list: Numbers): number {
  let hash = list.length;
  for (let i = 0; i < list.length; i++) hash = (Math.imul(hash, 0x01000193) ^ (list[i] as number)) | 0;
  return hash ^ (hash >>> 15);
}

function areEqual(a: Numbers, b: Numbers): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
