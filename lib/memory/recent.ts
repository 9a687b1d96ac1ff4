/** The results that were asked for last; what nobody asked for in a while is made again. */
export class Recent<K, V> {
  readonly #most: number;
  /** the one asked for last stands last */
  readonly #kept = new Map<K, V>();

  constructor(most: number) {
    this.#most = most;
  }

  of(key: K, make: () => V): V {
    const value = this.#kept.get(key) ?? make();
    this.#kept.delete(key);
    this.#kept.set(key, value);
    if (this.#kept.size > this.#most) this.#kept.delete(this.#kept.keys().next().value as K);
    return value;
  }
}
