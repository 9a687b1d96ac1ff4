import { type Glob, glob, matches } from '../policy/wildcard.ts';

/** An entry of Action or NotAction, in lower case: the service prefix is plain text. */
export interface ActionPattern {
  /** `ec2:`; empty: any service */
  readonly prefix: string;
  readonly name: Glob;
}

/**
 * `*` and `*:*` are every action of every service. An entry with white space, without a service prefix or with a
 * wildcard in it matches nothing, as no action of AWS looks like it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function compileAction(entry: string): ActionPattern {
  if (entry === '*' || entry === '*:*') return { prefix: '', name: glob('*') };
  const lower = entry.toLowerCase();
  const [service] = lower.split(':', 1);
  return { prefix: `${service}:`, name: glob(lower.slice(`${service}:`.length)) };
}

/** `action` in lower case. */
export function matchesAction(pattern: ActionPattern, action: string): boolean {
  return action.startsWith(pattern.prefix) && matches(pattern.name, action.slice(pattern.prefix.length));
}
