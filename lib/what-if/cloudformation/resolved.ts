/** A value that nobody knows before the stack is deployed. */
export const UNKNOWN: unique symbol = Symbol('not known before it is deployed');

/** `AWS::NoValue`: the property is left out. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

export function isKnown(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== UNKNOWN;
  return Object.values(value).every(isKnown);
}

/** Text, or a number or a truth value, which templates may write for one; null: it is none, or not known. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
