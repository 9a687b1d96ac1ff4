import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { OrganizationAccount, OrganizationAccounts } from '../ports/organization-accounts.ts';
import { jsonIn } from '../snapshot/json-in.ts';
import { type AccountScope, ORGANIZATION } from './account-scope.ts';
import { put } from './put.ts';

/**
 * The accounts of a scope, and those that cannot be read because they are suspended or closed. Both by id.
 */
export interface ScopedAccounts {
  readonly accountIds: readonly string[];
  readonly suspended: readonly OrganizationAccount[];
}

/** Completes a scope with the accounts in Organizations. */
export async function accountsOf(
  scope: AccountScope,
  organization: OrganizationAccounts,
): Promise<ScopedAccounts> {
  const named = await Promise.all(
    scope.units.map((unit) => (unit === ORGANIZATION ? organization.all() : organization.under(unit))),
  );
  const left = await Promise.all(scope.without.units.map((unit) => organization.under(unit)));
  const out = new Set([...scope.without.accounts, ...left.flat().map(({ accountId }) => accountId)]);
  const found = new Map(named.flat().map((account) => [account.accountId, account]));
  const wanted = [...found.values()].filter(({ accountId }) => !out.has(accountId));
  const isActive = ({ state }: OrganizationAccount): boolean => state === 'ACTIVE';
  const ids = new Set([...wanted.filter(isActive).map(({ accountId }) => accountId), ...scope.accounts]);
  const byId = (a: OrganizationAccount, b: OrganizationAccount): number =>
    a.accountId < b.accountId ? -1 : 1;
  return {
    accountIds: [...ids].filter((id) => !out.has(id)).sort(),
    suspended: wanted.filter((account) => !isActive(account) && !ids.has(account.accountId)).sort(byId),
  };
}

/** The accounts of the latest scan: checks of events and the digest use it. */
const scannedAccountsKey = 'plans/accounts.json';

/** `plans/accounts.json`. */
export interface ScannedAccounts extends ScopedAccounts {
  readonly schemaVersion: 1;
  readonly run: string;
}

export const writeScannedAccounts = (
  store: ObjectStore,
  run: string,
  { accountIds, suspended }: ScopedAccounts,
): Promise<void> =>
  put(
    store,
    scannedAccountsKey,
    `${JSON.stringify({ schemaVersion: 1, run, accountIds, suspended } satisfies ScannedAccounts)}\n`,
  );

/** Null: no scan of an organisation has started. Throws an InputError if the object is damaged. */
export async function readScannedAccounts(store: ObjectStore): Promise<ScannedAccounts | null> {
  const there = await store.get(scannedAccountsKey);
  if (there === null) return null;
  const value = jsonIn(there.body) as ScannedAccounts | null;
  const isWhole = Array.isArray(value?.accountIds) && Array.isArray(value.suspended);
  if (value?.schemaVersion === 1 && isWhole) return value;
  throw new InputError(`cannot read \`${scannedAccountsKey}\`: start a scan, which writes it again`);
}
