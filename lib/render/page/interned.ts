import { remembered } from '../../memory/remembered.ts';

/** Numbers for values; equal values share one. */
export class Interned<T> {
  readonly list: T[] = [];
  readonly #numbers = new Map<string, number>();

  /** `key`: equal for equal values */
  of(value: T, key: string = JSON.stringify(value)): number {
    return remembered(this.#numbers, key, () => this.list.push(value) - 1);
  }
}
