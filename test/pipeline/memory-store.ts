import type { ObjectStore } from '../../lib/ports/object-store.ts';

export interface MemoryStore extends ObjectStore {
  readonly objects: ReadonlyMap<string, { readonly body: string; readonly etag: string }>;
  /** runs once before the next replace of this key: another writer that is faster, or a crash */
  beforeReplace(key: string, act: () => Promise<void> | void): void;
}

/** The object store port in memory, with the same behaviour in races as the real ones. */
export function memoryStore(): MemoryStore {
  const objects = new Map<string, { body: string; etag: string }>();
  const acts = new Map<string, () => Promise<void> | void>();
  let version = 0;
  const write = (key: string, body: string): void => {
    version += 1;
    objects.set(key, { body, etag: `v${version}` });
  };
  return {
    objects,
    beforeReplace: (key, act) => acts.set(key, act),
    get: async (key) => objects.get(key) ?? null,
    create: async (key, chunks) => {
      const body = typeof chunks === 'string' ? chunks : [...chunks].join('');
      if (objects.has(key)) return 'exists';
      write(key, body);
      return 'created';
    },
    replace: async (key, body, etag) => {
      const act = acts.get(key);
      acts.delete(key);
      await act?.();
      if ((objects.get(key)?.etag ?? null) !== etag) return 'conflict';
      write(key, body);
      return 'replaced';
    },
    delete: async (key, etag) => {
      if (etag !== null && objects.get(key)?.etag !== etag) return 'conflict';
      objects.delete(key);
      return 'deleted';
    },
    list: async (prefix, most) =>
      [...objects.keys()]
        .filter((key) => key.startsWith(prefix))
        .sort()
        .slice(0, most),
  };
}
