import { unpack } from '../unpack.ts';

/** The packed parts of the page by name, each unpacked once, when it is first asked for. */
export class Chunks {
  readonly #packed: ReadonlyMap<string, string>;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(packed: ReadonlyMap<string, string>) {
    this.#packed = packed;
  }

  get<T>(name: string): Promise<T> {
    const known = this.#known.get(name) ?? unpack(this.#packed.get(name) ?? '');
    this.#known.set(name, known);
    return known as Promise<T>;
  }
}
