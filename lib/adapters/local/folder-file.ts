import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

let count = 0;

/** A hidden name beside a file, used by no other process or call. */
function besideName(file: string): string {
  const unique = `${process.pid}-${count++}-${Math.trunc(performance.timeOrigin)}`;
  return join(dirname(file), `.${basename(file)}.${unique}.tmp`);
}

/**
 * Writes a new file: completely or not at all, and only one of two writers succeeds. Unlike a rename, a hard link fails
 * if its name is taken.
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

/** Replaces a file's body: a reader sees the whole old one or the whole new one. */
export async function overwriteFile(file: string, body: string | Uint8Array): Promise<void> {
  const written = await writeBeside(file, body);
  await orRemove(written, rename(written, file));
}

async function writeBeside(file: string, body: string | Uint8Array): Promise<string> {
  const beside = besideName(file);
  await makeFolder(dirname(file));
  // it may show every weakness of an account
  await orRemove(beside, writeFile(beside, body, { flag: 'wx', mode: 0o600 }));
  return beside;
}

/** Removes the file if the work fails: a full disk leaves a part of it, which nothing would ever read or delete. */
async function orRemove(file: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    // the first error says why
    await rm(file, { force: true }).catch(() => {});
    throw error;
  }
}

const OWNERS = { mode: 0o700 };

/** Not `mkdir` with `recursive`: it never ends if a folder exists but reports new ones as missing (`/proc`). */
async function makeFolder(dir: string): Promise<void> {
  const made = await mkdir(dir, OWNERS).catch((error: NodeJS.ErrnoException) => error.code);
  if (made === undefined || made === 'EEXIST') return;
  if (made === 'ENOENT' && dirname(dir) !== dir) await makeFolder(dirname(dir));
  await mkdir(dir, OWNERS).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error; // another process created it first
  });
}

/** A key's file. A key that leaves the folder, or names a hidden file, is a bug of the caller. */
export function fileOf(dir: string, key: string): string {
  const parts = key.split('/');
  const bad = parts.some((part) => part === '' || part.startsWith('.') || /[\\\0]/.test(part));
  if (bad) throw new Error(`\`${key}\` cannot be the key of an object in a folder`);
  return join(dir, ...parts);
}

/** True if the file, or a folder on the way to it, is missing. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
