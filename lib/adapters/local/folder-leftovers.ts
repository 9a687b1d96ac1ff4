import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './folder-file.ts';
import { isAlive, STALE_MS } from './folder-lock.ts';

/** Where objects are; anything else in the folder is somebody else's. */
const FOLDERS = ['runs', 'alerts', 'events', 'mails', 'outbox', 'unsent'];

const temporary = /^\..+\.(\d+)-\d+-\d+\.(?:tmp|stale)$/;
const lock = /^\..+\.lock$/;

/** Takes away the hidden files that processes left behind which were killed while they wrote. */
export async function removeLeftovers(dir: string): Promise<void> {
  const own = await hiddenIn(dir, false);
  const below = await Promise.all(FOLDERS.map((name) => hiddenIn(join(dir, name), true)));
  for (const file of [...own, ...below.flat()]) {
    const holder = await holderOf(file);
    if (holder !== null && !isAlive(holder)) await rm(file.path, { force: true });
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

/** The id of the process whose file it is; null: it is not one of ours, or it is gone. */
async function holderOf({ name, path }: Hidden): Promise<number | null> {
  const writer = temporary.exec(name)?.[1];
  if (writer !== undefined) return Number(writer);
  if (!lock.test(name)) return null;
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
  // a young one may be taken over at this moment
  if (Date.now() - mtimeMs < STALE_MS) return null;
  const holder = Number(await readFile(path, 'utf8').catch(() => ''));
  return Number.isInteger(holder) && holder > 0 ? holder : null;
}
