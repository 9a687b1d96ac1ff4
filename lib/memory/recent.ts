/** Keeps the most recently used results; older ones are computed again. */
export class Recent<K, V> {
  readonly #most: number;
  /** in order of use, the most recent last */
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
