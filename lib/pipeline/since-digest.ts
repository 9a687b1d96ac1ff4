import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { wasSent } from '../publish/send-once.ts';
import type { EarlierDrift, Report } from '../render/report.ts';
import { mailRecordKey, unsentDigestKey } from './keys.ts';
import { readDriftWithAddenda } from './late-events.ts';
import { type RunRecord, readRunRecord, runIn, runsBack } from './run-record.ts';
import { unsentAlerts } from './unsent.ts';

/** Runs that are looked at between two digests: a busy account has some hundred checks a day. */
const LOOK_BACK = 2000;

/** What a digest has to tell besides the changes of its own run. */
export interface SinceDigest extends Required<Pick<Report, 'digestAt' | 'earlier'>> {
  /** one line for each run whose changes cannot be read */
  readonly problems: readonly string[];
}

/**
 * What the runs between the last digest and this one changed: checks, and scans that were never mailed. Where none was
 * mailed yet, what came since the scan before.
 */
export async function sinceDigest(store: ObjectStore, prefix: string, run: string): Promise<SinceDigest> {
  const own = await readRunRecord(store, prefix, run);
  const { between, digestAt } = await runsBetween(store, prefix, runIn(own?.previous ?? null));
  const earlier: EarlierDrift[] = [];
  const problems: string[] = [];
  for (const { run: one, record } of between.toReversed()) {
    try {
      const drift = await readDriftWithAddenda(store, prefix, one);
      if (drift.length === 0) continue;
      const waits = (await unsentAlerts(store, prefix, one)).length > 0;
      earlier.push({ at: record.takenAt, drift, waits });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(`the digest leaves out what \`${prefix}runs/${one}\` changed: ${error.message}`);
    }
  }
  return { digestAt, earlier, problems };
}

interface Between {
  readonly between: readonly { readonly run: string; readonly record: RunRecord }[];
  readonly digestAt: string | null;
}

async function runsBetween(store: ObjectStore, prefix: string, from: string | null): Promise<Between> {
  const between: Between['between'][number][] = [];
  let firstScan: { readonly place: number; readonly takenAt: string } | null = null;
  try {
    for await (const step of runsBack(store, prefix, from, LOOK_BACK)) {
      if (step.record.scopes === null) {
        if (await isTold(store, step.run)) return { between, digestAt: step.record.takenAt };
        firstScan ??= { place: between.length, takenAt: step.record.takenAt };
      }
      between.push(step);
    }
  } catch (error) {
    // the chain ends at a record that is damaged
    if (!(error instanceof InputError)) throw error;
  }
  if (firstScan === null) return { between, digestAt: null };
  return { between: between.slice(0, firstScan.place), digestAt: firstScan.takenAt };
}

/** It was mailed, or its mail is still to go out. */
async function isTold(store: ObjectStore, run: string): Promise<boolean> {
  if (await wasSent(store, mailRecordKey(run))) return true;
  return (await store.get(unsentDigestKey('', run))) !== null;
}
