/** A JSON object whose members may be missing or of any type. */
export type Fields = Readonly<Record<string, unknown>>;

/** A JSON object: no list, no null. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of the object itself: `__proto__` or `constructor` is found only if the text contains it. */
export function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** For members that may be one value or a list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
