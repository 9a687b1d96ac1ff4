const BITS = 8;
const LENGTH = 1 << BITS;

/** A list that is mostly empty: memory is used only near set entries. */
export class SparseArray<T> {
  readonly #parts: (T | undefined)[][] = [];

  get(at: number): T | undefined {
    return this.#parts[at >>> BITS]?.[at & (LENGTH - 1)];
  }

  set(at: number, value: T): void {
    const number = at >>> BITS;
    const part = this.#parts[number] ?? new Array<T | undefined>(LENGTH).fill(undefined);
    part[at & (LENGTH - 1)] = value;
    this.#parts[number] = part;
  }
}
