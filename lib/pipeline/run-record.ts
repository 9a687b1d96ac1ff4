import type { Scope } from '../cloudtrail/scope.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Damage } from './damage.ts';
import { runKey } from './keys.ts';

/** The source of a run's data, so that a later check reads the same. */
export type Origin =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'live';
      readonly profile: string | null;
      readonly regions: readonly string[] | null;
    };

/** The file of expected access that an audit used. */
export interface ExpectedFile {
  /** a path, or `s3://bucket/key` */
  readonly place: string;
  /** null: there is none */
  readonly text: string | null;
}

/**
 * `run.json` of a run: the run it was compared with, the source of its data, and the events that it answers.
 */
export interface RunRecord {
  readonly schemaVersion: 1 | 2;
  /** when its snapshot was taken */
  readonly takenAt: string;
  /** what was read for it, in addition to the previous run; null: everything */
  readonly scopes: readonly Scope[] | null;
  /** the latest run before it, `runs/<time>`: these form the chain back from the pointer */
  readonly previous: string | null;
  /** the run on which its snapshot is based; null, or left out: it is stored whole */
  readonly base?: string | null;
  /** the run that has its findings; null, or left out: it has them itself */
  readonly findingsOf?: string | null;
  /** identifies the rules of its findings; left out: those of an earlier version */
  readonly catalogue?: string;
  /** identifies how its snapshot was read and evaluated (a check: that of the scan); left out: by an earlier version */
  readonly judging?: string;
  /** the run that it was compared with, if the previous one was unreadable */
  readonly comparedWith?: string;
  /** number of causes of its drift that an event could explain and none did */
  readonly unexplained?: number;
  /** unreadable files of earlier runs */
  readonly damage?: readonly Damage[];
  /** when the snapshot before it was taken */
  readonly previousAt: string | null;
  readonly origin: Origin | null;
  /** the file of expected access at that time; left out: it was not read */
  readonly expected?: ExpectedFile;
  /** ids of the events whose change this run audits; empty for a scan */
  readonly events: readonly string[];
}

export const runRecordFile = 'run.json';

/** `runs/<time>` -> `<time>` */
export const runIn = (folder: string | null): string | null => folder?.replace(/^runs\//, '') ?? null;

/** The record of a run, or null if the run never reached its audit. */
export async function readRunRecord(
  store: ObjectStore,
  prefix: string,
  run: string,
): Promise<RunRecord | null> {
  const key = runKey(prefix, run, runRecordFile);
  const object = await store.get(key);
  if (object === null) return null;
  try {
    const record = JSON.parse(object.body) as RunRecord;
    if (record.schemaVersion === 1 || record.schemaVersion === 2) return record;
  } catch {
    throw new InputError(`cannot read \`${key}\`: it is not JSON: run \`scan\` again`);
  }
  throw new InputError(`cannot read \`${key}\`: it is of another version: run \`scan\` again`);
}

/** A run, the one that it was compared with, and so on; at most `most` of them. */
export async function* runsBack(
  store: ObjectStore,
  prefix: string,
  from: string | null,
  most: number,
): AsyncGenerator<{ readonly run: string; readonly record: RunRecord }> {
  let run = from;
  for (let step = 0; run !== null && step < most; step += 1) {
    const record = await readRunRecord(store, prefix, run);
    if (record === null) return;
    yield { run, record };
    run = runIn(record.previous);
  }
}
