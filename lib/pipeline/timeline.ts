import type { Drift } from '../drift/drift.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { TimelineRun } from '../render/report.ts';
import { readDriftWithAddenda } from './late-events.ts';
import { runsBack } from './run-record.ts';

/** Limits of the history on a page: runs that are read, runs with changes, and names in their drift. */
const LOOK_BACK = 300;
const MOST_RUNS = 50;
const MOST_NAMES = 100_000;

/** For one cause. */
const MOST_GROUPS = 100;

/**
 * The changes of each run back from `from`, the newest first; runs without changes, or unreadable ones, are
 * left out, except the last scan: checks come before or after it.
 */
export async function timelineFrom(
  store: ObjectStore,
  prefix: string,
  from: string | null,
): Promise<readonly TimelineRun[]> {
  const runs: TimelineRun[] = [];
  let names = 0;
  try {
    for await (const { run, record } of runsBack(store, prefix, from, LOOK_BACK)) {
      if (runs.length === MOST_RUNS || names > MOST_NAMES) break;
      const drift = (await driftOf(store, prefix, run)).map((one) => ({
        ...one,
        groups: one.groups.slice(0, MOST_GROUPS),
      }));
      const isScan = record.scopes === null;
      const isLastScan = isScan && !runs.some((one) => one.isScan);
      if (drift.length === 0 && !isLastScan) continue;
      names += namesIn(drift);
      runs.push({ at: record.takenAt, isScan, drift });
    }
  } catch (error) {
    // the chain ends at a damaged record
    if (!(error instanceof InputError)) throw error;
  }
  return runs;
}

async function driftOf(store: ObjectStore, prefix: string, run: string): Promise<readonly Drift[]> {
  try {
    return await readDriftWithAddenda(store, prefix, run);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [];
  }
}

const namesIn = (drift: readonly Drift[]): number =>
  drift.reduce(
    (sum, { groups }) =>
      sum + groups.reduce((all, group) => all + group.principals.length + group.instances.length, 0),
    0,
  );
