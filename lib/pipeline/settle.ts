import type { ObjectStore } from '../ports/object-store.ts';
import { type FailureText, failureText } from './account-failure.ts';
import { runKey } from './keys.ts';
import { parallel } from './parallel.ts';
import type { PlannedAccount } from './plan.ts';
import { runRecordFile } from './run-record.ts';
import type { AccountOutcome } from './run-results.ts';

export interface Settled {
  readonly audited: readonly PlannedAccount[];
  readonly failed: readonly (PlannedAccount & FailureText)[];
  /** accounts of both kinds that may have unsent alerts */
  readonly toSend: readonly PlannedAccount[];
}

/**
 * Which accounts of a run were audited. If an account has no outcome, the record of its run decides: a failed
 * map, or unreadable results, do not mean that its accounts failed.
 */
export async function settleAccounts(
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
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.accountId, outcome]));
  const failures = await parallel(accounts, async ({ accountId, prefix }) => {
    const outcome = outcomeOf.get(accountId);
    return outcome === undefined ? withoutOutcome(store, prefix, run) : failureIn(outcome);
  });
  const isSent = ({ accountId }: PlannedAccount): boolean => {
    const outcome = outcomeOf.get(accountId);
    return outcome !== undefined && outcome.failure === undefined && outcome.unsent === undefined;
  };
  return {
    audited: accounts.filter((_, at) => failures[at] === null),
    failed: accounts.flatMap((account, at) => {
      const failure = failures[at];
      return failure == null ? [] : [{ ...account, ...failure }];
    }),
    toSend: accounts.filter((account) => !isSent(account)),
  };
}

function failureIn({ failure, step, cause }: AccountOutcome): FailureText | null {
  return failure === undefined ? null : failureText({ step, error: failure, cause });
}

/** A damaged record is reported when the run is read. */
async function withoutOutcome(store: ObjectStore, prefix: string, run: string): Promise<FailureText | null> {
  const record = await store.get(runKey(prefix, run, runRecordFile));
  return record === null ? failureText({ error: 'no outcome' }) : null;
}
