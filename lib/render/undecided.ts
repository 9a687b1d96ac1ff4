import type { Matrix } from '../matrix/paths/matrix.ts';
import { count } from '../policy/counted.ts';
import { byText } from './changes.ts';

/** The number of principals about whom something is unknown, and the missing data. */
export interface Undecided {
  readonly principals: number;
  /** `policies`, or calls: `ec2 describe-snapshots`; in order */
  readonly missing: readonly string[];
}

export function undecidedIn({ groups }: Pick<Matrix, 'groups'>): Undecided {
  const found = new Set<number>();
  const missing = new Set<string>();
  for (const { outcome, principals } of groups) {
    if (outcome.verdict !== 'unknown') continue;
    for (const principal of principals) found.add(principal);
    for (const call of (outcome.missing ?? '').split(', ')) if (call !== '') missing.add(nameOf(call));
  }
  return { principals: found.size, missing: [...missing].sort(byText) };
}

/** `iam get-policy-version of arn:...`: there may be thousands of them. */
const nameOf = (call: string): string =>
  /^(iam get-|organizations describe-policy)/.test(call) ? 'policies' : call.replace(/ of .*$/s, '');

const MOST_NAMED = 3;

/**
 * `Of 14 principals not all is known, as ec2 describe-snapshots was not collected`; empty if everything is
 * known.
 */
export function undecidedText({ principals, missing }: Undecided): string {
  if (principals === 0) return '';
  const left = missing.length - MOST_NAMED;
  const named = [
    ...missing.slice(0, left > 0 ? MOST_NAMED - 1 : MOST_NAMED),
    ...(left > 0 ? [count(left + 1, 'more call')] : []),
  ];
  const what = [named.slice(0, -1).join(', '), ...named.slice(-1)]
    .filter((part) => part !== '')
    .join(' and ');
  const verb = named.length > 1 || what === 'policies' ? 'were' : 'was';
  const why = what === '' ? '' : `, as ${what} ${verb} not collected`;
  return `Of ${count(principals, 'principal')} not all is known${why}`;
}
