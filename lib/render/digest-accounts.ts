import { count, shortList } from '../policy/counted.ts';
import type { DigestList, Field } from './digest-model.ts';

/** Changes of the scanned accounts since the last digest. Ids, sorted. */
export interface AccountNews {
  readonly added: readonly string[];
  /** no longer in the organisation, or excluded now */
  readonly gone: readonly string[];
  /** suspended, closed or not yet active: they cannot be read */
  readonly suspended: readonly string[];
}

const NAMED = 10;

/** Null: nothing changed. */
export function accountList(news: AccountNews | null, field: Field): DigestList | null {
  const rows = [
    ['new account', 'new accounts', news?.added ?? []],
    ['account is no longer scanned', 'accounts are no longer scanned', news?.gone ?? []],
    ['account is suspended or closed', 'accounts are suspended or closed', news?.suspended ?? []],
  ] as const;
  const shown = rows.filter(([, , ids]) => ids.length > 0);
  if (shown.length === 0) return null;
  return {
    heading: 'Accounts of the organisation',
    note: '',
    rows: shown.map(([one, many, ids]) => ({
      severity: null,
      head: count(ids.length, one, many),
      lines: [field(shortList(ids, NAMED))],
    })),
  };
}
