/** A condition with more clauses. Null if it already has one on the same key. */
export function merged(
  condition: unknown,
  more: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Readonly<Record<string, unknown>> | null {
  const known = condition as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const result: Record<string, Readonly<Record<string, unknown>>> = { ...known };
  for (const [operator, keys] of Object.entries(more)) {
    const own = result[operator] ?? {};
    const has = Object.keys(own).map((key) => key.toLowerCase());
    if (Object.keys(keys).some((key) => has.includes(key.toLowerCase()))) return null;
    result[operator] = { ...own, ...keys };
  }
  return result;
}

/** An element of a statement: one text or a list. */
export const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
