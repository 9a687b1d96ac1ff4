import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { latestKey, runFolder } from './keys.ts';

/** Which run is the latest, and the tag that moving it on must name. Both null before the first run. */
export interface Latest {
  readonly run: string | null;
  readonly etag: string | null;
}

const pointer = /^runs\/([A-Za-z0-9][A-Za-z0-9._-]*)$/;

/** Reads `<prefix>latest.json`. Throws an InputError when it is there and does not name a run. */
export async function readLatest(store: ObjectStore, prefix: string): Promise<Latest> {
  const object = await store.get(latestKey(prefix));
  if (object === null) return { run: null, etag: null };
  const run = runNamed(object.body);
  if (run === null) {
    throw new InputError(
      `cannot read \`${latestKey(prefix)}\`: it should hold {"run":"runs/<time>"}: name one of the folders under \`${prefix}runs/\` in it, or delete it to start again`,
    );
  }
  return { run, etag: object.etag };
}

function runNamed(body: string): string | null {
  try {
    const value = JSON.parse(body) as { run?: unknown } | null;
    return typeof value?.run === 'string' ? (pointer.exec(value.run)?.[1] ?? null) : null;
  } catch {
    return null;
  }
}

/** Moves `latest.json` on to a run, if nobody moved it since it was read. */
export const moveLatest = (
  store: ObjectStore,
  prefix: string,
  run: string,
  seen: Latest,
): Promise<'replaced' | 'conflict'> =>
  store.replace(latestKey(prefix), `${JSON.stringify({ run: runFolder(run) })}\n`, seen.etag);
