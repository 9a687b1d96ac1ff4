import { type Glob, glob, matches } from '../policy/wildcard.ts';

/** An entry of Action or NotAction: the service prefix is plain text, `*` stands for every action of every service. */
export interface ActionPattern {
  /** lower case; null: any */
  readonly service: string | null;
  readonly name: Glob;
}

/**
 * Null for an entry that can never match: white space, no service prefix, a wildcard in the prefix.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function compileAction(entry: string): ActionPattern | null {
  if (entry === '*' || entry === '*:*') return { service: null, name: glob('*') };
  const lower = entry.toLowerCase();
  const colon = lower.indexOf(':');
  const service = lower.slice(0, Math.max(colon, 0));
  if (service === '' || /[\s*?]/.test(service) || /\s/.test(lower)) return null;
  return { service, name: glob(lower.slice(colon + 1)) };
}

/** `action` in lower case. */
export function matchesAction(pattern: ActionPattern, action: string): boolean {
  if (pattern.service === null) return true;
  const colon = pattern.service.length;
  return (
    action.startsWith(pattern.service) &&
    action[colon] === ':' &&
    matches(pattern.name, action.slice(colon + 1))
  );
}
