import type { Drift } from '../drift/drift.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { wasSent } from '../publish/send-once.ts';
import type { SeenBy } from '../render/digest-change-data.ts';
import { mailRecordKey, unsentDigestKey } from './keys.ts';
import { readDriftWithAddenda } from './late-events.ts';
import { type RunRecord, runsBack } from './run-record.ts';
import { unsentAlerts } from './unsent.ts';

/** Runs that are read between two digests: a busy account has some hundred checks a day. */
const LOOK_BACK = 2000;

/** What a digest reports besides the changes of its own run. */
export interface SinceDigest {
  /** when the last digest reported this account; null: never */
  readonly digestAt: string | null;
  /** one line for each run with unreadable changes */
  readonly problems: readonly string[];
}

/**
 * The changes of the runs between the last digest and the next: checks, and scans that were never mailed. If
 * nothing was mailed yet, the changes since the previous scan. `from`: the run before the next digest. Each
 * run with changes is passed to `take`, the oldest first, so that only one is open at a time.
 */
export async function sinceDigest(
  store: ObjectStore,
  prefix: string,
  from: string | null,
  take: (drift: readonly Drift[], seen: SeenBy) => void,
): Promise<SinceDigest> {
  const { between, digestAt } = await runsBetween(store, prefix, from);
  const problems: string[] = [];
  for (const { run, at } of between.toReversed()) {
    try {
      const drift = await readDriftWithAddenda(store, prefix, run);
      if (drift.length === 0) continue;
      take(drift, { run, at, waits: await isWaiting(store, prefix, run) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(`the digest leaves out what \`${prefix}runs/${run}\` changed: ${error.message}`);
    }
  }
  return { digestAt, problems };
}

/** Whether an alert of the run is still to be sent. */
export const isWaiting = async (store: ObjectStore, prefix: string, run: string): Promise<boolean> =>
  (await unsentAlerts(store, prefix, run)).length > 0;

interface Between {
  readonly between: readonly { readonly run: string; readonly at: string }[];
  readonly digestAt: string | null;
}

async function runsBetween(store: ObjectStore, prefix: string, from: string | null): Promise<Between> {
  const between: Between['between'][number][] = [];
  let firstScan: { readonly place: number; readonly takenAt: string } | null = null;
  try {
    for await (const { run, record } of runsBack(store, prefix, from, LOOK_BACK)) {
      if (isScan(record)) {
        if (await isReported(store, run)) return { between, digestAt: record.takenAt };
        firstScan ??= { place: between.length, takenAt: record.takenAt };
      }
      between.push({ run, at: record.takenAt });
    }
  } catch (error) {
    // the chain ends at a damaged record
    if (!(error instanceof InputError)) throw error;
  }
  if (firstScan === null) return { between, digestAt: null };
  return { between: between.slice(0, firstScan.place), digestAt: firstScan.takenAt };
}

const isScan = ({ scopes }: RunRecord): boolean => scopes === null;

/** It was mailed, or its mail is waiting. */
async function isReported(store: ObjectStore, run: string): Promise<boolean> {
  if (await wasSent(store, mailRecordKey(run))) return true;
  return (await store.get(unsentDigestKey('', run))) !== null;
}
