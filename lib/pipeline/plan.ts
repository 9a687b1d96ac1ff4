import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { OrganizationAccounts } from '../ports/organization-accounts.ts';
import type { OrganizationGuardrails } from '../ports/organization-guardrails.ts';
import { accountScope, asksOrganization } from './account-scope.ts';
import { writeGuardrails } from './central-guardrails.ts';
import { accountsOf, type ScopedAccounts, writeScannedAccounts } from './scanned-accounts.ts';

export interface PlannedAccount {
  readonly accountId: string;
  /** prefix of the account's objects in the store */
  readonly prefix: string;
}

/** Either the accounts, or the key of an object that lists them: a state's output is limited to 256 KiB. */
export type Plan = { readonly run: string } & (
  | { readonly accounts: readonly PlannedAccount[] }
  | { readonly list: string; readonly results: string }
);

/** Accounts that a state passes on; a longer list is in the bucket. */
const MOST_IN_STATE = 75;

/**
 * `2026-08-23T10-15-00.000Z-3f9a1c`: sorts by time, safe in a file name, and two runs of one millisecond
 * differ.
 */
export const runName = (now: Date): string =>
  `${now.toISOString().replaceAll(':', '-')}-${randomBytes(3).toString('hex')}`;

/** The folder of one account in a store that holds many. */
export const accountPrefix = (accountId: string): string => `accounts/${accountId}/`;

export interface PlanPorts {
  readonly ownAccount: () => Promise<string>;
  readonly organization: OrganizationAccounts;
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** every guardrail of the organisation; null: this account is in none; left out: not needed */
  readonly guardrails?: (readAt: string) => Promise<OrganizationGuardrails | null>;
  /**
   * for an organisation: reads the names of groups and people of Identity Center, and describes the result
   */
  readonly directory?: (run: string) => Promise<string>;
  /** accounts per state; a longer list is written to the bucket */
  readonly mostInState?: number;
}

/**
 * The accounts of this run: those of the setting, each once, or its own if none is named. Throws if the
 * setting is invalid, if Organizations does not answer, or if no account is left.
 */
export async function plan(
  ports: PlanPorts,
  input: { readonly accountIds: readonly string[] },
): Promise<Plan & { readonly suspended: number; readonly guardrails: string; readonly directory: string }> {
  const { store, clock, mostInState = MOST_IN_STATE } = ports;
  const run = runName(clock.now());
  const { accountIds, suspended } = await scopedAccounts(ports, run, input.accountIds);
  if (accountIds.length === 0) {
    throw new Error(
      `no account is left of \`${input.accountIds.join(',')}\`: name accounts that are active in \`AccountIds\``,
    );
  }
  const accounts = accountIds.map((accountId) => ({ accountId, prefix: accountPrefix(accountId) }));
  const about = {
    suspended: suspended.length,
    guardrails: await keepGuardrails(ports, run, input.accountIds),
    directory: (accounts.length > 1 && (await ports.directory?.(run))) || 'not asked for',
  };
  if (accounts.length <= mostInState) return { run, accounts, ...about };
  const list = `plans/${run}/accounts.json`;
  await store.create(list, JSON.stringify(accounts), 'application/json');
  return { run, list, results: `plans/${run}/results`, ...about };
}

/**
 * Reads the guardrails once for all accounts of an organisation, and describes the result. If that is refused
 * each account reads its own, so it stops no scan.
 */
async function keepGuardrails(
  { guardrails, store, clock }: PlanPorts,
  run: string,
  listed: readonly string[],
): Promise<string> {
  if (guardrails === undefined || !asksOrganization(accountScope(listed))) return 'not asked for';
  try {
    const read = await guardrails(clock.now().toISOString());
    if (read === null) return 'there is no organisation';
    await writeGuardrails(store, run, read);
    return 'read for all accounts';
  } catch (error) {
    return `not read: ${(error as Error).name}: ${(error as Error).message}`;
  }
}

async function scopedAccounts(
  { ownAccount, organization, store }: PlanPorts,
  run: string,
  listed: readonly string[],
): Promise<ScopedAccounts> {
  const scope = accountScope(listed);
  const isEmpty = listed.every((one) => one.trim() === '');
  if (isEmpty) return { accountIds: [await ownAccount()], suspended: [] };
  const scoped = await accountsOf(scope, organization);
  if (asksOrganization(scope)) await writeScannedAccounts(store, run, scoped);
  return scoped;
}
