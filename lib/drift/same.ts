/** JSON with its members in order, so that equal values are equal texts. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.entries(part).sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  });
}

/** True if two values are equal, whatever the order of their members. */
export function isSame(a: unknown, b: unknown): boolean {
  // most are, and in the same order
  return a === b || JSON.stringify(a) === JSON.stringify(b) || sortedJson(a) === sortedJson(b);
}

/** What `after` contains that `before` does not, and the reverse. */
export function listChanges(before: readonly string[], after: readonly string[]) {
  const old = new Set(before);
  const now = new Set(after);
  return { added: [...now].filter((one) => !old.has(one)), removed: [...old].filter((one) => !now.has(one)) };
}

/** Pairs of items with the same key on both sides; a missing side is undefined. */
export function* pairs<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (one: T) => string,
): Generator<readonly [key: string, before: T | undefined, after: T | undefined]> {
  const old = new Map(before.map((one) => [keyOf(one), one]));
  const now = new Map(after.map((one) => [keyOf(one), one]));
  for (const key of new Set([...old.keys(), ...now.keys()])) yield [key, old.get(key), now.get(key)];
}
