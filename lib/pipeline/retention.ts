import type { Clock } from '../ports/clock.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import {
  matrixFile,
  plainKey,
  runFolder,
  runKey,
  runOfUnsent,
  runsFolder,
  snapshotFile,
  unsentFolder,
} from './keys.ts';
import { readLatest } from './latest.ts';
import { parallel } from './parallel.ts';
import { type RunRecord, readRunRecord, runIn, runRecordFile, runsBack } from './run-record.ts';

/** The newest runs are kept whatever their age: this many are needed to judge waiting alerts. */
const NEWEST_KEPT = 200;

/** Keys that one sweep reads, and objects that it deletes: a sweep always ends. */
const LOOKED_AT = 20_000;
const DELETED = 2000;

/**
 * Scans that are tried as the new start of history, and runs after each that may name it as the previous one.
 */
const SCANS_TRIED = 10;
const NEXT_READ = 20;

export const DAY = 24 * 60 * 60_000;

/** Runs of about the same time may finish in another order than that of their names. */
const ORDER_MARGIN = DAY;

export interface SweepInput {
  readonly prefix: string;
  readonly keepDays: number;
  /** objects that one call deletes */
  readonly most?: number;
  /** runs that are kept whatever their age */
  readonly newest?: number;
}

export interface Swept {
  /** number of deleted objects */
  readonly deleted: number;
  /** why it stopped early; null: it did everything */
  readonly problem: string | null;
}

type Ports = { readonly store: ObjectStore; readonly clock: Clock };

/**
 * Deletes runs that are older than this many days, the oldest first; 0 keeps all. Runs that the latest run or
 * newer runs depend on stay: see `keptRuns` and `beginning`. It never throws, since the audit before it is
 * finished. Concurrent or killed calls do no harm: the next one continues.
 */
export async function sweepRuns(
  { store, clock }: Ports,
  { prefix, keepDays, most = DELETED, newest = NEWEST_KEPT }: SweepInput,
): Promise<Swept> {
  let deleted = 0;
  if (keepDays <= 0) return { deleted, problem: null };
  try {
    const horizon = clock.now().getTime() - keepDays * DAY;
    for (const { run, keys } of await expiredRuns(store, prefix, horizon, newest)) {
      const some = recordFirst(keys, runKey(prefix, run, runRecordFile)).slice(0, most - deleted);
      if (some.length === 0) break;
      const [first, ...others] = some as [string, ...string[]];
      // a run without a record counts as unfinished
      await store.delete(first, null);
      await parallel(others, (key) => store.delete(key, null));
      deleted += some.length;
    }
    return { deleted, problem: null };
  } catch (error) {
    return { deleted, problem: `runs that expired are not deleted: ${(error as Error).message}` };
  }
}

interface StoredRun {
  readonly run: string;
  readonly keys: readonly string[];
}

const recordFirst = (keys: readonly string[], record: string): readonly string[] =>
  keys.toSorted((a, b) => Number(b === record) - Number(a === record));

/** The runs that may be deleted, the oldest first. */
async function expiredRuns(
  store: ObjectStore,
  prefix: string,
  horizon: number,
  newest: number,
): Promise<readonly StoredRun[]> {
  const runs = await oldestRuns(store, prefix);
  if (!runs.some(({ run }) => isBefore(run, horizon))) return [];
  const from = await beginning(store, prefix, runs, horizon - ORDER_MARGIN);
  if (from === null) return [];
  const kept = await keptRuns(store, prefix, newest);
  return runs.filter(({ run }) => run < from && isBefore(run, horizon) && !kept.has(run));
}

async function oldestRuns(store: ObjectStore, prefix: string): Promise<readonly StoredRun[]> {
  const folder = runsFolder(prefix);
  const keys = await store.list(folder, LOOKED_AT);
  const byRun = Map.groupBy(keys, (key) => key.slice(folder.length).split('/')[0] ?? '');
  const runs = [...byRun].map(([run, of]) => ({ run, keys: of })).sort((a, b) => (a.run < b.run ? -1 : 1));
  // the last run may continue beyond the list
  return keys.length < LOOKED_AT ? runs : runs.slice(0, -1);
}

const timeInName = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3}Z)-/;

/** A run whose name has no time never expires. */
export function isBefore(run: string, time: number): boolean {
  const [, hour, minute, second] = timeInName.exec(run) ?? [];
  return hour !== undefined && Date.parse(`${hour}:${minute}:${second}`) < time;
}

/**
 * The newest adopted scan among the expired runs. A scan is stored whole, and each later run depends on it or
 * on a later one. So nothing unexpired depends on what was before it.
 */
async function beginning(
  store: ObjectStore,
  prefix: string,
  runs: readonly StoredRun[],
  horizon: number,
): Promise<string | null> {
  const ended = runs.filter(({ run, keys }) => keys.includes(runKey(prefix, run, runRecordFile)));
  const scans = ended.filter(
    ({ run, keys }) =>
      isBefore(run, horizon) && SCAN_FILES.every((file) => isThere(keys, runKey(prefix, run, file))),
  );
  for (const { run } of scans.toReversed().slice(0, SCANS_TRIED)) {
    if (!isWhole(await recordOrNull(store, prefix, run))) continue;
    const at = ended.findIndex((one) => one.run === run) + 1;
    for (const next of ended.slice(at, at + NEXT_READ)) {
      if ((await recordOrNull(store, prefix, next.run))?.previous === runFolder(run)) return run;
    }
  }
  return null;
}

/** Under the name of this version, or of an earlier one. */
const isThere = (keys: readonly string[], key: string): boolean =>
  keys.includes(key) || keys.includes(plainKey(key));

const SCAN_FILES = [snapshotFile, matrixFile, 'findings.json'];

const isWhole = (record: RunRecord | null): boolean =>
  record !== null && record.scopes === null && !record.base && !record.findingsOf;

async function recordOrNull(store: ObjectStore, prefix: string, run: string): Promise<RunRecord | null> {
  try {
    return await readRunRecord(store, prefix, run);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/**
 * The newest runs of the chain that ends with the latest, the runs they depend on, and those with something
 * to send.
 */
async function keptRuns(store: ObjectStore, prefix: string, newest: number): Promise<ReadonlySet<string>> {
  const { run: latest, damage } = await readLatest(store, prefix);
  if (latest === null || damage !== null) throw new Error('`latest.json` names no run');
  const kept = new Set<string>();
  let steps = 0;
  let next: string | null = latest;
  for await (const { run, record } of runsBack(store, prefix, latest, newest)) {
    steps += 1;
    kept.add(run);
    next = record.previous;
    for (const other of [record.base, record.findingsOf, record.comparedWith]) {
      if (other) kept.add(runIn(other) as string);
    }
  }
  // if the chain is broken, runs are found by name only: any may be needed
  if (steps < newest && next !== null) throw new Error(`the record of \`${next}\` is missing`);
  for (const key of await store.list(unsentFolder(prefix))) kept.add(runOfUnsent(prefix, key));
  return kept;
}
