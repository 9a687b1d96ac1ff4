/** A cache: a map, or a WeakMap, from a key to a result. */
interface Memory<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

/**
 * The value of a key; `make` is called if the map has none, and its result is kept. A result of `undefined`
 * is computed again each time.
 */
export function remembered<K, V>(memory: Memory<K, V>, key: K, make: () => V): V {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}
