import type { ObjectStore } from '../ports/object-store.ts';
import { runKey } from './keys.ts';
import { parallel } from './parallel.ts';
import type { PlannedAccount } from './plan.ts';
import { runRecordFile } from './run-record.ts';
import type { AccountOutcome } from './run-results.ts';

export interface Settled {
  readonly audited: readonly PlannedAccount[];
  readonly failed: readonly (PlannedAccount & { readonly failure: string })[];
  /** those of both that nobody says have sent all their alerts */
  readonly toSend: readonly PlannedAccount[];
}

/**
 * Which accounts of a run were audited. Where no outcome tells of an account, the record of its run does: a map that
 * failed, or whose results cannot be read, does not make its accounts failed.
 */
export async function settle(
  store: ObjectStore,
  {
    run,
    accounts,
    outcomes,
  }: {
    readonly run: string;
    readonly accounts: readonly PlannedAccount[];
    readonly outcomes: readonly AccountOutcome[];
  },
): Promise<Settled> {
  const told = new Map(outcomes.map((outcome) => [outcome.accountId, outcome]));
  const failures = await parallel(accounts, async ({ accountId, prefix }) => {
    const outcome = told.get(accountId);
    return outcome === undefined ? untold(store, prefix, run) : (outcome.failure ?? null);
  });
  const isSent = ({ accountId }: PlannedAccount): boolean => {
    const outcome = told.get(accountId);
    return outcome !== undefined && outcome.failure === undefined && outcome.unsent === undefined;
  };
  return {
    audited: accounts.filter((_, at) => failures[at] === null),
    failed: accounts.flatMap((account, at) => {
      const failure = failures[at];
      return failure == null ? [] : [{ ...account, failure }];
    }),
    toSend: accounts.filter((account) => !isSent(account)),
  };
}

/** Whoever reads the run tells of a damaged record. */
async function untold(store: ObjectStore, prefix: string, run: string): Promise<string | null> {
  const record = await store.get(runKey(prefix, run, runRecordFile));
  return record === null ? 'no outcome' : null;
}
