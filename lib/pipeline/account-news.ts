import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { AccountNews } from '../render/digest-accounts.ts';
import { put } from './put.ts';
import { readScannedAccounts, type ScannedAccounts } from './scanned-accounts.ts';

/** The accounts of the last digest. */
const reportedAccountsKey = 'plans/reported-accounts.json';

interface ReportedAccounts {
  readonly accountIds: readonly string[];
  readonly suspended: readonly string[];
}

/**
 * The changes of an organisation's accounts since the last digest, and a function that notes that they were
 * reported. Null if the run is not of an organisation, or there was no digest before.
 */
export async function accountNews(
  store: ObjectStore,
  run: string,
): Promise<{ readonly news: AccountNews | null; readonly noteReported: () => Promise<void> }> {
  const scanned = await scannedOrNull(store);
  if (scanned === null || scanned.run !== run) return { news: null, noteReported: async () => {} };
  const now: ReportedAccounts = {
    accountIds: scanned.accountIds,
    suspended: scanned.suspended.map(({ accountId }) => accountId),
  };
  const there = await store.get(reportedAccountsKey);
  return {
    news: newsSince(there?.body, now),
    noteReported: () => put(store, reportedAccountsKey, `${JSON.stringify(now)}\n`, 'application/json'),
  };
}

/** A damaged list of accounts does not stop the mail: the next scan writes it again. */
async function scannedOrNull(store: ObjectStore): Promise<ScannedAccounts | null> {
  try {
    return await readScannedAccounts(store);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return null;
  }
}

/** Null: nothing was reported before, or the note is damaged, which must not stop the mail. */
function newsSince(noted: string | undefined, now: ReportedAccounts): AccountNews | null {
  try {
    return noted === undefined ? null : newsBetween(JSON.parse(noted) as ReportedAccounts, now);
  } catch {
    return null;
  }
}

function newsBetween(before: ReportedAccounts, now: ReportedAccounts): AccountNews {
  const without = (ids: readonly string[], others: readonly string[]): readonly string[] => {
    const known = new Set(others);
    return ids.filter((id) => !known.has(id));
  };
  return {
    added: without(now.accountIds, before.accountIds),
    gone: without(before.accountIds, [...now.accountIds, ...now.suspended]),
    suspended: without(now.suspended, before.suspended),
  };
}
