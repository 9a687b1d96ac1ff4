import { remembered } from '../../memory/remembered.ts';
/** Values that a file names by number, each written once. */
export class Pool {
  readonly #texts = new Map<string, number>();
  readonly #objects = new Map<object, number>();

  /** The number of a value; `stored` is how the file holds it. */
  of(value: unknown, stored: (value: unknown) => unknown = (same) => same): number {
    const known = isObject(value) ? this.#objects.get(value) : undefined;
    if (known !== undefined) return known;
    const text = JSON.stringify(stored(value));
    const number = remembered(this.#texts, text, () => this.#texts.size);
    if (isObject(value)) this.#objects.set(value, number);
    return number;
  }

  /** The values as JSON, in the order of their numbers. */
  texts(): readonly string[] {
    return [...this.#texts.keys()];
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
