import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore, StoredObject } from '../../ports/object-store.ts';
import { keptBytes, textOfKept } from '../../ports/stored-text.ts';
import { createFile, fileOf, isMissing, overwriteFile } from './folder-file.ts';
import { withLock } from './folder-lock.ts';

/** Objects as files below a folder, keys as paths. The etag is a hash of the content. Hidden files are not objects. */
export function folderStore(dir: string): ObjectStore {
  const read = (key: string) => readObject(key, fileOf(dir, key));
  return {
    get: read,
    create: (key, body) => createFile(fileOf(dir, key), keptBytes(key, body)),
    replace: async (key, body, etag) => {
      const file = fileOf(dir, key);
      const bytes = keptBytes(key, body);
      if (etag === null) return (await createFile(file, bytes)) === 'created' ? 'replaced' : 'conflict';
      if ((await read(key))?.etag !== etag) return 'conflict';
      return withLock(file, async () => {
        if ((await read(key))?.etag !== etag) return 'conflict';
        await overwriteFile(file, bytes);
        return 'replaced';
      });
    },
    delete: async (key, etag) => {
      const file = fileOf(dir, key);
      if (etag === null) {
        await rm(file, { force: true });
        await removeEmpty(dirname(file));
        return 'deleted';
      }
      if ((await read(key))?.etag !== etag) return 'conflict';
      return withLock(file, async () => {
        if ((await read(key))?.etag !== etag) return 'conflict';
        await rm(file, { force: true });
        return 'deleted';
      });
    },
    list: async (prefix, most) => {
      const below = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      if (below !== '') fileOf(dir, below.slice(0, -1));
      const keys = await keysBelow(dir, below);
      return keys
        .filter((key) => key.startsWith(prefix))
        .sort()
        .slice(0, most);
    },
  };
}

/** A folder that is not empty stays. */
const removeEmpty = (folder: string): Promise<void> => rmdir(folder).catch(() => {});

async function readObject(key: string, file: string): Promise<StoredObject | null> {
  try {
    const body = textOfKept(key, await readFile(file));
    return {
      body,
      // computed on demand: few readers replace the object
      get etag() {
        return createHash('sha256').update(body).digest('hex');
      },
    };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function keysBelow(dir: string, below: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(dir, below), { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const keys: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) keys.push(...(await keysBelow(dir, `${below}${entry.name}/`)));
    else keys.push(`${below}${entry.name}`);
  }
  return keys;
}
