import { randomUUID } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFile, isMissing } from './folder-file.ts';

/**
 * A lock is held for milliseconds: an older one belongs to a process that was stopped, even if its id is in use again.
 */
const STALE_MS = 30_000;
const WAIT_MS = 5;

/**
 * Runs something that only one process may do to a file at a time. The lock is a hidden file that names its holder; if
 * the holder was killed, its process id shows that, and the lock is removed.
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
    // a holder that stopped for too long counts as dead: the lock may belong to another process now
    if ((await heldBy(lock)) === own) await rm(lock, { force: true });
  }
}

/**
 * Removes a lock whose holder is gone. If two processes find it, the second must not remove the first one's new lock:
 * so this takes a lock of its own and then checks again. Only this function removes stale locks.
 */
export function removeStale(lock: string): Promise<void> {
  return withLock(lock, async () => {
    if (await isStale(lock)) await rm(lock, { force: true });
  });
}

async function isStale(lock: string): Promise<boolean> {
  const holder = await heldBy(lock);
  if (holder === null) return false; // it was just released
  if (isAlive(Number.parseInt(holder, 10)) && !(await isOld(lock))) return false;
  // a holder that released the lock and then ended is gone as well: the lock may belong to another process now
  return (await heldBy(lock)) === holder;
}

/** The unique content by which a lock names its holder; null: there is no lock. */
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
