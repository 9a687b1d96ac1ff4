/** A JSON object whose members are not trusted to be there or to be of their kind. */
export type Fields = Readonly<Record<string, unknown>>;

/** A JSON object: no list, no null. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of the object itself: one called `__proto__` or `constructor` is found only if it is written there. */
export function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Where the grammar takes one value or a list of them. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
