import { count } from '../policy/counted.ts';
import type { Audited } from './digest-audited.ts';
import type { DigestList, Field } from './digest-model.ts';
import { shortTime } from './names.ts';

/** An account that could not be audited. */
export interface FailedAccount {
  readonly accountId: string;
  /** which step failed, and why */
  readonly failure: string;
  /** what to do; left out: the reason says it */
  readonly next?: string;
  /** its last audit, ISO 8601; null: never; left out: not known */
  readonly lastAt?: string | null;
}

/** In one line. */
export const failedText = ({ failure, next }: Pick<FailedAccount, 'failure' | 'next'>): string =>
  next === undefined ? failure : `${failure}; next: ${next}`;

const ROWS = 20;

function lastLine(lastAt: string | null | undefined): readonly string[] {
  if (lastAt === undefined) return [];
  return [lastAt === null ? 'never audited' : `last audited ${shortTime(lastAt)}`];
}

/** `; 12 accounts of all were never audited` */
function neverText(failed: readonly FailedAccount[]): string {
  const never = failed.filter(({ lastAt }) => lastAt === null).length;
  return never === 0
    ? ''
    : `; ${count(never, 'account')} of all ${never === 1 ? 'was' : 'were'} never audited`;
}

/** The accounts that could not be audited this time, by name. Null: there are none. */
export function failedList(
  { accounts, states, blind }: Audited,
  failed: readonly FailedAccount[],
  field: Field,
): DigestList | null {
  // for a single account the first sentence says so
  const blindOnes: readonly FailedAccount[] =
    accounts > 1 ? blind.map(({ accountId, text }) => ({ accountId, failure: text })) : [];
  const all = [...failed, ...blindOnes];
  if (all.length === 0) return null;
  const left = failed.length + (accounts > 1 ? states.blind : 0) - ROWS;
  return {
    heading: 'Accounts not audited',
    note: left > 0 ? `and ${count(left, 'more', 'more')}${neverText(failed)}.` : '',
    rows: all.slice(0, ROWS).map(({ accountId, failure, next, lastAt }) => ({
      severity: null,
      head: field(accountId),
      lines: [field(failure), ...(next === undefined ? [] : [`next: ${field(next)}`]), ...lastLine(lastAt)],
    })),
  };
}
