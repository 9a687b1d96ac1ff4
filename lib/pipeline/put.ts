import type { ObjectStore } from '../ports/object-store.ts';

const attempts = 5;

/**
 * Writes an object whether or not it exists. Only for objects of a single run: a repeated step writes the
 * same files again. Throws if somebody else keeps changing it.
 */
export async function put(
  store: ObjectStore,
  key: string,
  body: string,
  contentType?: string,
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if ((await store.create(key, body, contentType)) === 'created') return;
    const there = await store.get(key);
    if (there === null) continue;
    if (there.body === body) return;
    if ((await store.replace(key, body, there.etag, contentType)) === 'replaced') return;
  }
  throw new Error(
    `\`${key}\` keeps being changed by another writer: run this again when the other has ended`,
  );
}
