import type { KeptParts, PartScope } from '../collect/part-scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { snapshotText } from '../snapshot/stored-snapshot.ts';
import { GZIP_TYPE, partKey, partsFolder } from './keys.ts';
import { readSnapshot } from './load.ts';

/**
 * The age up to which a scan continues with a stored part, in milliseconds: longer than all tries of a step
 * together.
 */
export const PART_STANDS_FOR = 60 * 60_000;

interface Ports {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly progress: Progress;
}

/** Stored parts of an account that is being read, below `<prefix>parts/`. */
export interface StoredParts extends KeptParts {
  /** deletes all of them: the snapshot is written */
  clear(): Promise<void>;
}

/**
 * Parts as objects. They are written once a scan has taken this many milliseconds, including those read
 * before: most scans end earlier, and would write hundreds of objects for nothing. A part that cannot be
 * written or read fails no scan: it is read from AWS again.
 */
export function storedParts(ports: Ports, prefix: string, after: number): StoredParts {
  const { store, clock } = ports;
  const begun = clock.now().getTime();
  const waiting: [PartScope, Snapshot][] = [];
  let keys: Promise<ReadonlySet<string>> | null = null;
  const there = (): Promise<ReadonlySet<string>> => {
    keys ??= store.list(partsFolder(prefix)).then((listed) => new Set(listed));
    return keys;
  };
  const isYoung = ({ takenAt }: Snapshot): boolean =>
    clock.now().getTime() - Date.parse(takenAt) <= PART_STANDS_FOR;
  return {
    get: (scope, accountId) =>
      orNull(ports, async () => {
        const key = partKey(prefix, scope);
        if (!(await there()).has(key)) return null;
        const part = await readSnapshot(store, key);
        return part.accountId === accountId && isYoung(part) ? part : null;
      }),
    put: async (scope, part) => {
      waiting.push([scope, part]);
      if (clock.now().getTime() - begun < after) return;
      for (const [of, one] of waiting.splice(0))
        await orNull(ports, () => overwrite(store, partKey(prefix, of), snapshotText(one)));
    },
    clear: async () => {
      await orNull(ports, async () => {
        for (const key of await store.list(partsFolder(prefix))) await store.delete(key, null);
      });
    },
  };
}

/** Two scans at once each write what they read: either is fine. */
async function overwrite(store: ObjectStore, key: string, body: Iterable<string>): Promise<void> {
  if ((await store.create(key, body, GZIP_TYPE)) === 'created') return;
  await store.delete(key, null);
  await store.create(key, body, GZIP_TYPE);
}

async function orNull<T>({ progress }: Ports, act: () => Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    progress.step(`what is read is not kept for another try: ${(error as Error).message}`);
    return null;
  }
}
