import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './folder-file.ts';
import { isAlive, removeStale } from './folder-lock.ts';

/** Folders with objects; anything else in the folder belongs to somebody else. */
const FOLDERS = ['runs', 'alerts', 'events', 'mails', 'outbox', 'parts', 'unsent'];

const temporary = /^\..+\.(\d+)-\d+-\d+\.tmp$/;
const lock = /^\..+\.lock$/;

/** Removes hidden files of processes that were killed while writing. */
export async function removeLeftovers(dir: string): Promise<void> {
  const own = await hiddenIn(dir, false);
  const below = await Promise.all(FOLDERS.map((name) => hiddenIn(join(dir, name), true)));
  for (const file of [...own, ...below.flat()]) {
    const writer = temporary.exec(file.name)?.[1];
    if (await isLock(file)) await removeStale(file.path);
    else if (writer !== undefined && !isAlive(Number(writer))) await rm(file.path, { force: true });
  }
}

interface Hidden {
  readonly name: string;
  readonly path: string;
}

async function hiddenIn(dir: string, recursive: boolean): Promise<readonly Hidden[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true, recursive });
    return entries
      .filter((entry) => entry.isFile() && entry.name.startsWith('.'))
      .map(({ name, parentPath }) => ({ name, path: join(parentPath, name) }));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** A lock names its holder; other files belong to another program. */
async function isLock({ name, path }: Hidden): Promise<boolean> {
  return lock.test(name) && /^\d+ /.test(await readFile(path, 'utf8').catch(() => ''));
}
