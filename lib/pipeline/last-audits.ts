import type { ObjectStore } from '../ports/object-store.ts';
import type { FailedAccount } from '../render/digest-failed.ts';
import { readLatest } from './latest.ts';
import { parallel } from './parallel.ts';
import { runsBack } from './run-record.ts';

/** Number of runs that are searched for the last scan of a failed account. */
const LOOK_BACK = 2000;

/** An account that could not be audited, and its last audited scan. */
export interface LostAccount extends FailedAccount {
  readonly prefix: string;
  /** null: it was never audited; undefined: its runs cannot be read */
  readonly last: { readonly run: string; readonly at: string } | null | undefined;
}

/** Those that were never audited first, then those whose last audit is the oldest. */
export async function lastAudits(
  store: ObjectStore,
  failed: readonly (FailedAccount & { readonly prefix: string })[],
): Promise<readonly LostAccount[]> {
  const lost = await parallel(failed, async (account): Promise<LostAccount> => {
    const last = await lastScan(store, account.prefix);
    return { ...account, last, ...(last !== undefined && { lastAt: last?.at ?? null }) };
  });
  const age = ({ last }: LostAccount): string => last?.at ?? '';
  return lost.toSorted((a, b) => (age(a) === age(b) ? 0 : age(a) < age(b) ? -1 : 1));
}

async function lastScan(store: ObjectStore, prefix: string): Promise<LostAccount['last']> {
  try {
    const latest = await readLatest(store, prefix);
    for await (const { run, record } of runsBack(store, prefix, latest.run, LOOK_BACK)) {
      if (record.scopes === null) return { run, at: record.takenAt };
    }
    return latest.run === null ? null : undefined;
  } catch {
    // damaged, or the bucket fails: the others are still reported
    return undefined;
  }
}
