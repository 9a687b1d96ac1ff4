import { mkdir, readdir, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../lib/ports/input-error.ts';

export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** Throws an InputError if an option does not name a readable folder. `fix` says what to do about it. */
export async function mustBeFolder(option: string, path: string, fix: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') throw new InputError(`${option}: there is no folder \`${path}\`: ${fix}`);
    throw new InputError(`${option}: cannot open \`${path}\` (${codeOf(error)}): ${fix}`);
  });
  if (!found.isDirectory()) throw new InputError(`${option}: \`${path}\` is not a folder: ${fix}`);
  await readdir(path).catch((error: unknown) => {
    throw new InputError(`${option}: cannot read \`${path}\` (${codeOf(error)}): check its permissions`);
  });
}

/** Throws an InputError if the output folder is not a folder, or cannot be written. */
export async function mayBecomeFolder(option: string, path: string): Promise<void> {
  if (path === '') throw new InputError(`${option}: the name is empty: name a folder`);
  const found = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw new InputError(`${option}: cannot open \`${path}\` (${codeOf(error)}): name another folder`);
  });
  if (found !== null && !found.isDirectory()) {
    throw new InputError(`${option}: \`${path}\` is a file: name a folder`);
  }
  const probe = join(await nearestFolder(path), `.latchkey-${process.pid}`);
  try {
    await mkdir(probe);
    await rmdir(probe);
  } catch (error) {
    throw new InputError(
      `${option}: cannot write into \`${path}\` (${codeOf(error)}): name another folder, or check its permissions`,
    );
  }
}

/** The folder itself, or the nearest existing one above it. */
async function nearestFolder(path: string): Promise<string> {
  let at = resolve(path);
  while (!(await stat(at).catch(() => null)) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** Names in a folder; none if it is missing. */
export const fileNames = (path: string): Promise<readonly string[]> => readdir(path).catch(() => []);
