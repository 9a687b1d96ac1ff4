import { randomUUID } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFile, isMissing } from './folder-file.ts';

/** A lock is held for milliseconds: one this old belongs to a process that was stopped, whatever its id is used for now. */
const STALE_MS = 30_000;
const WAIT_MS = 5;

/**
 * Does something that only one process may do to a file at a time. The lock is a hidden file that names its holder; a
 * holder that was killed is found out by its process id, and its lock taken away.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = join(dirname(file), `.${basename(file)}.lock`);
  const own = `${process.pid} ${randomUUID()}`;
  while ((await createFile(lock, own)) === 'exists') {
    if (await isStale(lock)) await removeStale(lock);
    else await sleep(WAIT_MS);
  }
  try {
    return await work();
  } finally {
    // one that stood still for too long was taken for dead, and the lock is another's now
    if ((await heldBy(lock)) === own) await rm(lock, { force: true });
  }
}

/**
 * Takes a lock away whose holder is gone. Of two that find it, the second must not take away the first one's own lock: so
 * this needs a lock, too, and under that the lock is looked at again. What is stale then stays until it is removed here.
 */
export function removeStale(lock: string): Promise<void> {
  return withLock(lock, async () => {
    if (await isStale(lock)) await rm(lock, { force: true });
  });
}

async function isStale(lock: string): Promise<boolean> {
  const holder = await heldBy(lock);
  if (holder === null) return false; // it has just been given back
  if (isAlive(Number.parseInt(holder, 10)) && !(await isOld(lock))) return false;
  // a holder that gave it back and then ended is gone, too, and the lock may be another's by now
  return (await heldBy(lock)) === holder;
}

/** What the lock says of its holder, which no other ever says; null: nobody has it. */
async function heldBy(lock: string): Promise<string | null> {
  try {
    return await readFile(lock, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function isOld(lock: string): Promise<boolean> {
  const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > STALE_MS;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
