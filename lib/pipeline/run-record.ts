import type { Scope } from '../cloudtrail/scope.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Damage } from './damage.ts';
import { runKey } from './keys.ts';

/** Where a run's data came from, so that a later check reads the same place again. */
export type Origin =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 'live';
      readonly profile: string | null;
      readonly regions: readonly string[] | null;
    };

/** The file of expected access as an audit took it. */
export interface ExpectedFile {
  /** a path, or `s3://bucket/key` */
  readonly place: string;
  /** null: there is none */
  readonly text: string | null;
}

/** `run.json` of a run: what it was compared with, where its data came from, which events it answers. */
export interface RunRecord {
  readonly schemaVersion: 1 | 2;
  /** when its snapshot was taken */
  readonly takenAt: string;
  /** what was read for it, on top of the run before; null: everything */
  readonly scopes: readonly Scope[] | null;
  /** the run that was the latest before it, `runs/<time>`: the chain from the pointer back is made of these */
  readonly previous: string | null;
  /** the run that its snapshot is written on top of; null, or left out: it is written whole */
  readonly base?: string | null;
  /** the run that holds its findings; null, or left out: it holds them itself */
  readonly findingsOf?: string | null;
  /** the rules that found its findings; left out: those of an earlier version */
  readonly catalogue?: string;
  /** the run that it was compared with, where the one before it could not be read */
  readonly comparedWith?: string;
  /** causes of its drift that an event could explain and none did */
  readonly unexplained?: number;
  /** what could not be read of the runs before it */
  readonly damage?: readonly Damage[];
  /** when the snapshot before it was taken */
  readonly previousAt: string | null;
  readonly origin: Origin | null;
  /** the file of expected access as it was then; left out: none was looked for */
  readonly expected?: ExpectedFile;
  /** ids of the events whose change this run audits; empty for a scan */
  readonly events: readonly string[];
}

export const runRecordFile = 'run.json';

/** `runs/<time>` -> `<time>` */
export const runIn = (folder: string | null): string | null => folder?.replace(/^runs\//, '') ?? null;

/** The record of a run, or null where the run never got as far as its audit. */
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

/** A run, the one that it was compared with, and so on back in time; at most `most` of them. */
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
