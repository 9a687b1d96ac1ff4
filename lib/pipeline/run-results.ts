import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { StepFailure } from './account-failure.ts';
import type { PlannedAccount } from './plan.ts';

/** The outcome of one account: `failure` and `unsent` are names of errors; `step` and `cause` are of the failure. */
export interface AccountOutcome extends Partial<Pick<StepFailure, 'step' | 'cause'>> {
  readonly accountId?: string | undefined;
  readonly failure?: string | undefined;
  readonly unsent?: string | undefined;
}

/** The accounts of a run whose list is in the store. Throws an InputError if the list is missing. */
export const readAccountList = async (store: ObjectStore, key: string): Promise<readonly PlannedAccount[]> =>
  JSON.parse(await storedText(store, key)) as readonly PlannedAccount[];

/** A file of results: the input and output of each child execution. */
type Results = readonly {
  readonly Input?: string;
  readonly Output?: string;
  readonly Error?: string;
  readonly Cause?: string;
}[];

/**
 * The output of a Distributed Map: a manifest that names files of children that succeeded, failed and never
 * started. A failed child has no output; its input names the account.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export async function readResults(
  store: ObjectStore,
  manifestKey: string,
): Promise<readonly AccountOutcome[]> {
  const { ResultFiles = {} } = JSON.parse(await storedText(store, manifestKey)) as {
    readonly ResultFiles?: Readonly<Record<string, readonly { readonly Key: string }[]>>;
  };
  const outcomes: AccountOutcome[] = [];
  for (const [kind, files] of Object.entries(ResultFiles)) {
    for (const { Key } of files) {
      const results = JSON.parse(await storedText(store, Key)) as Results;
      outcomes.push(...results.map((result) => outcomeOf(kind, result)));
    }
  }
  return outcomes;
}

/** A child without an output is named by its state, such as `PENDING`, if it has no error. */
function outcomeOf(
  kind: string,
  { Input = '{}', Output, Error: error, Cause }: Results[number],
): AccountOutcome {
  if (kind === 'SUCCEEDED' && Output !== undefined) return JSON.parse(Output) as AccountOutcome;
  const { accountId } = JSON.parse(Input) as { readonly accountId?: string };
  return { accountId, failure: error ?? kind, cause: Cause };
}

async function storedText(store: ObjectStore, key: string): Promise<string> {
  const there = await store.get(key);
  if (there === null) throw new InputError(`\`${key}\` is gone: start the scan again`);
  return there.body;
}
