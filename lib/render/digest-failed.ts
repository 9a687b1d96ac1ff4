import type { Audited } from './digest-audited.ts';
import type { DigestList, Field } from './digest-model.ts';
import { count } from './names.ts';

/** An account that was to be audited and was not. */
export interface FailedAccount {
  readonly accountId: string;
  readonly failure: string;
}

const ROWS = 20;

/** The accounts of which nothing is known this time, by name. Null: there are none. */
export function failedList(
  audited: readonly Audited[],
  failed: readonly FailedAccount[],
  field: Field,
): DigestList | null {
  const blind = audited
    .filter(({ summary }) => summary.state === 'blind' && audited.length > 1)
    .map(({ report, summary }) => ({ accountId: report.accountId, failure: summary.why }));
  const all = [...failed, ...blind];
  if (all.length === 0) return null;
  const left = all.length - ROWS;
  return {
    heading: 'Accounts not audited',
    note: left > 0 ? `and ${count(left, 'more', 'more')}.` : '',
    rows: all.slice(0, ROWS).map(({ accountId, failure }) => ({
      severity: null,
      head: field(accountId),
      lines: [field(failure)],
    })),
  };
}
