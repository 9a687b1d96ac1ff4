import { unpack } from '../unpack.ts';

/** The packed parts of the page by name. Each is unpacked once, on first use. */
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
