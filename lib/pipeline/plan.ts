import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';

export interface PlannedAccount {
  readonly accountId: string;
  /** where the account's objects are in the store */
  readonly prefix: string;
}

export interface Plan {
  readonly run: string;
  readonly accounts: readonly PlannedAccount[];
}

/** `2026-08-23T10-15-00.000Z-3f9a1c`: sorts by time, safe in a file name, and two runs of one millisecond differ. */
export const runName = (now: Date): string =>
  `${now.toISOString().replaceAll(':', '-')}-${randomBytes(3).toString('hex')}`;

/** The folder of one account in a store that holds many. */
export const accountPrefix = (accountId: string): string => `accounts/${accountId}/`;

/** Which accounts this run scans: the listed ones, each once, or the one it runs in when none is listed. */
export async function plan(
  ports: { readonly ownAccount: () => Promise<string>; readonly clock: Clock },
  input: { readonly accountIds: readonly string[] },
): Promise<Plan> {
  const listed = input.accountIds.map((id) => id.trim()).filter((id) => id !== '');
  const wrong = listed.find((id) => !/^\d{12}$/.test(id));
  if (wrong !== undefined) {
    throw new Error(`\`${wrong}\` is not an account id: list ids of 12 digits, separated by commas`);
  }
  const ids = listed.length === 0 ? [await ports.ownAccount()] : [...new Set(listed)].sort();
  return {
    run: runName(ports.clock.now()),
    accounts: ids.map((accountId) => ({ accountId, prefix: accountPrefix(accountId) })),
  };
}
