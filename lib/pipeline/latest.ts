import type { ObjectStore } from '../ports/object-store.ts';
import type { Damage } from './damage.ts';
import { latestKey, runFolder, runsFolder } from './keys.ts';
import { runRecordFile } from './run-record.ts';

/** The latest run, and the tag for moving the pointer. Both null before the first run. */
export interface Latest {
  readonly run: string | null;
  readonly etag: string | null;
  /** why the pointer is unusable, so that the newest finished run was used; null: it is fine */
  readonly damage: Damage | null;
}

const pointer = /^runs\/([A-Za-z0-9][A-Za-z0-9._-]*)$/;

/**
 * Reads `<prefix>latest.json`. If it is lost or damaged and there are runs, the newest finished run is the
 * latest, except `own`, which is in progress.
 */
export async function readLatest(store: ObjectStore, prefix: string, own?: string): Promise<Latest> {
  const object = await store.get(latestKey(prefix));
  const run = object === null ? null : runNamed(object.body);
  if (run !== null) return { run, etag: object?.etag ?? null, damage: null };
  const newest = (await endedRuns(store, prefix)).findLast((name) => name !== own) ?? null;
  const etag = object?.etag ?? null;
  if (newest === null && object === null) return { run: null, etag, damage: null };
  const what = object === null ? 'it is missing' : 'it should hold {"run":"runs/<time>"}';
  const instead =
    newest === null ? 'no run that ended was found' : `the newest run that ended was taken: ${newest}`;
  return { run: newest, etag, damage: { file: 'latest.json', message: `${what}: ${instead}` } };
}

/** The names of the runs that have a record, the oldest first. */
export async function endedRuns(store: ObjectStore, prefix: string): Promise<readonly string[]> {
  return (await runsIn(store, prefix)).ended;
}

/** The names of the runs by whether they have a record, the oldest first: `open` ones still run, or were stopped. */
export async function runsIn(
  store: ObjectStore,
  prefix: string,
): Promise<Readonly<Record<'ended' | 'open', readonly string[]>>> {
  const folder = runsFolder(prefix);
  const files = (await store.list(folder)).map((key) => key.slice(folder.length).split('/'));
  const named = files.flatMap(([run, file]) => (run && file ? [run] : []));
  const ended = files.flatMap(([run, file, ...more]) =>
    run !== undefined && file === runRecordFile && more.length === 0 ? [run] : [],
  );
  const isEnded = new Set(ended);
  return { ended, open: [...new Set(named)].filter((run) => !isEnded.has(run)) };
}

function runNamed(body: string): string | null {
  try {
    const value = JSON.parse(body) as { run?: unknown } | null;
    return typeof value?.run === 'string' ? (pointer.exec(value.run)?.[1] ?? null) : null;
  } catch {
    return null;
  }
}

/** Moves `latest.json` to a run, if nobody has moved it since it was read. */
export const moveLatest = (
  store: ObjectStore,
  prefix: string,
  run: string,
  seen: Latest,
): Promise<'replaced' | 'conflict'> =>
  store.replace(latestKey(prefix), `${JSON.stringify({ run: runFolder(run) })}\n`, seen.etag);
