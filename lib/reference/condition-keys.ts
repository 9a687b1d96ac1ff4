import data from './condition-keys.json' with { type: 'json' };

/** The value types of the service authorization reference; `ArrayOf...` keys may carry several values. */
export type ConditionKeyType =
  | 'String'
  | 'ArrayOfString'
  | 'Bool'
  | 'ArrayOfBool'
  | 'Date'
  | 'ARN'
  | 'ArrayOfARN'
  | 'IPAddress'
  | 'Numeric';

interface Pattern {
  readonly prefix: string;
  readonly suffix: string;
  readonly type: ConditionKeyType;
}

const exact = new Map<string, ConditionKeyType>();
/** Keys with a free part, such as `aws:resourcetag/*`, under their service, longest fixed part first. */
const patterns = new Map<string, Pattern[]>();

for (const [type, keys] of Object.entries(data.types) as [ConditionKeyType, string[]][])
  for (const key of keys) {
    const star = key.indexOf('*');
    if (star < 0) exact.set(key, type);
    else {
      const pattern = { prefix: key.slice(0, star), suffix: key.slice(key.lastIndexOf('*') + 1), type };
      const first = serviceOf(pattern.prefix);
      patterns.set(first, [...(patterns.get(first) ?? []), pattern]);
    }
  }
for (const list of patterns.values())
  list.sort((a, b) => b.prefix.length + b.suffix.length - a.prefix.length - a.suffix.length);

/** The part before the first colon; patterns that start with a free part share the empty one. */
function serviceOf(key: string): string {
  const colon = key.indexOf(':');
  return colon < 0 ? '' : key.slice(0, colon);
}

function matches(key: string, { prefix, suffix }: Pattern): boolean {
  return key.length > prefix.length + suffix.length && key.startsWith(prefix) && key.endsWith(suffix);
}

/**
 * The value type of a condition key in any case (`aws:ResourceTag/team`, `ec2:osuser`), `undefined` for a key
 * that neither the global list nor a service lists.
 */
export function conditionKeyType(key: string): ConditionKeyType | undefined {
  const lower = key.toLowerCase();
  const found = exact.get(lower);
  if (found) return found;
  const candidates = [...(patterns.get(serviceOf(lower)) ?? []), ...(patterns.get('') ?? [])];
  return candidates.find((pattern) => matches(lower, pattern))?.type;
}

/** Whether a key (any case) may carry several values in one request, `undefined` for an unknown key. */
export function isMultivalued(key: string): boolean | undefined {
  return conditionKeyType(key)?.startsWith('ArrayOf');
}
