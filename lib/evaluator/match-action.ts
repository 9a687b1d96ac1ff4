import { type Glob, glob, matches } from '../policy/wildcard.ts';

/** The entries of Action or NotAction, in lower case, by the service prefix, which is plain text: `ec2:`; empty: any action. */
export type ActionPatterns = ReadonlyMap<string, readonly Glob[]>;

/**
 * `*` and `*:*` are every action of every service. An entry with white space, without a service prefix or with a
 * wildcard in it matches nothing, as no action of AWS looks like it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function compileActions(entries: readonly string[]): ActionPatterns {
  const patterns = new Map<string, Glob[]>();
  for (const entry of entries) {
    const isAny = entry === '*' || entry === '*:*';
    const lower = entry.toLowerCase();
    const service = isAny ? '' : `${lower.split(':', 1)[0]}:`;
    const name = glob(lower.slice(service.length));
    const known = patterns.get(service);
    if (known) known.push(name);
    else patterns.set(service, [name]);
  }
  return patterns;
}

/** `action` in lower case. */
export function matchesAction(patterns: ActionPatterns, action: string): boolean {
  if (patterns.has('')) return true;
  const service = action.slice(0, action.indexOf(':') + 1);
  return patterns.get(service)?.some((name) => matches(name, action.slice(service.length))) ?? false;
}
