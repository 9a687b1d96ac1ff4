/** One requirement of a pattern: the value itself, a prefix, or that it exists or not. */
type Test = string | number | boolean | null | { readonly prefix: string } | { readonly exists: boolean };

export interface EventPattern {
  readonly [member: string]: readonly Test[] | EventPattern;
}

/**
 * True if EventBridge would pass an event to a rule, for the patterns that this project uses.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function matches(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const values = valuesOf(event, name);
    if (isTests(wanted)) return wanted.some((test) => holds(test, values));
    return values.some((value) => matches(wanted, value));
  });
}

const isTests = (wanted: readonly Test[] | EventPattern): wanted is readonly Test[] => Array.isArray(wanted);

/** A list matches if one of its items does. */
function valuesOf(event: unknown, name: string): readonly unknown[] {
  const inside = Array.isArray(event) ? event : [event];
  return inside.flatMap((item) =>
    typeof item === 'object' && item !== null && name in item ? (item as Record<string, unknown>)[name] : [],
  );
}

function holds(test: Test, values: readonly unknown[]): boolean {
  if (typeof test !== 'object' || test === null) return values.includes(test);
  if ('exists' in test) return values.length > 0 === test.exists;
  return values.some((value) => typeof value === 'string' && value.startsWith(test.prefix));
}
