import { readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { besideName, createFile } from './folder-file.ts';

/** A lock is held for milliseconds: one this old belongs to a process that was stopped, whatever its id is used for now. */
export const STALE_MS = 30_000;
const WAIT_MS = 5;

/**
 * Does something that only one process may do to a file at a time. The lock is a hidden file that names its holder; a
 * holder that was killed is found out by its process id, and its lock taken away.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = join(dirname(file), `.${basename(file)}.lock`);
  while ((await createFile(lock, String(process.pid))) === 'exists') {
    if (await isStale(lock)) await takeAway(lock);
    else await sleep(WAIT_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function isStale(lock: string): Promise<boolean> {
  try {
    const [holder, { mtimeMs }] = [await readFile(lock, 'utf8'), await stat(lock)];
    return !isAlive(Number(holder)) || Date.now() - mtimeMs > STALE_MS;
  } catch {
    return false; // it has just been given back
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** By renaming it: of two that find the same stale lock, only one can. */
async function takeAway(lock: string): Promise<void> {
  const aside = besideName(lock, 'stale');
  try {
    await rename(lock, aside);
  } catch {
    return; // the other one was first
  }
  await rm(aside, { force: true });
}
