/** A value that is not known before the stack is deployed. */
export const NOT_KNOWN: unique symbol = Symbol('not known before it is deployed');

/** `AWS::NoValue`: the property is left out. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

export function isKnown(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== NOT_KNOWN;
  return Object.values(value).every(isKnown);
}

/** Text, or a number or boolean, which templates may use for one; null: it is something else, or unknown. */
export function scalarText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
