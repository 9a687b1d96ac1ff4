import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

let count = 0;

/** A hidden name beside a file, that no other process and no other call has. */
function besideName(file: string): string {
  const unique = `${process.pid}-${count++}-${Math.trunc(performance.timeOrigin)}`;
  return join(dirname(file), `.${basename(file)}.${unique}.tmp`);
}

/**
 * Writes a file that must not be there yet: whole or not at all, and only one of two that try at once.
 * A hard link fails where its name is taken, which a rename does not.
 */
export async function createFile(file: string, body: string | Uint8Array): Promise<'created' | 'exists'> {
  const written = await writeBeside(file, body);
  try {
    await link(written, file);
    return 'created';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'exists';
    throw error;
  } finally {
    await rm(written, { force: true });
  }
}

/** Puts a new body in a file's place: a reader sees the old one or the new one, whole. */
export async function overwriteFile(file: string, body: string | Uint8Array): Promise<void> {
  const written = await writeBeside(file, body);
  await rename(written, file);
}

async function writeBeside(file: string, body: string | Uint8Array): Promise<string> {
  const beside = besideName(file);
  await makeFolder(dirname(file));
  // it may name every hole of an account
  await writeFile(beside, body, { flag: 'wx', mode: 0o600 });
  return beside;
}

const OWNERS = { mode: 0o700 };

/** Not `mkdir` with `recursive`: that never ends where a folder is there and refuses new ones as if it were not (`/proc`). */
async function makeFolder(dir: string): Promise<void> {
  const made = await mkdir(dir, OWNERS).catch((error: NodeJS.ErrnoException) => error.code);
  if (made === undefined || made === 'EEXIST') return;
  if (made === 'ENOENT' && dirname(dir) !== dir) await makeFolder(dirname(dir));
  await mkdir(dir, OWNERS).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error; // another process was quicker
  });
}

/** A key's file. A key that would leave the folder, or be a hidden file, is a bug of the caller. */
export function fileOf(dir: string, key: string): string {
  const parts = key.split('/');
  const bad = parts.some((part) => part === '' || part.startsWith('.') || /[\\\0]/.test(part));
  if (bad) throw new Error(`\`${key}\` cannot be the key of an object in a folder`);
  return join(dir, ...parts);
}

/** Neither a file nor a folder on the way to it. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
