/** An object and the tag that a later replace must name. */
export interface StoredObject {
  readonly body: string;
  readonly etag: string;
}

/**
 * Texts by key, `/` between parts. Safe when two runs write at once: create never overwrites, replace names what it read.
 * What has a key that ends in `.gz` is kept compressed (gzip).
 */
export interface ObjectStore {
  get(key: string): Promise<StoredObject | null>;
  /** If-None-Match: *. A very large body comes in chunks */
  create(key: string, body: string | Iterable<string>, contentType?: string): Promise<'created' | 'exists'>;
  /** If-Match: etag; null means that the object must not exist yet */
  replace(
    key: string,
    body: string,
    etag: string | null,
    contentType?: string,
  ): Promise<'replaced' | 'conflict'>;
  /**
   * If-Match: etag; an object that somebody replaced, or that is gone, is a conflict. Null: whatever is there, which is
   * for what nobody writes any more
   */
  delete(key: string, etag: string | null): Promise<'deleted' | 'conflict'>;
  /** the first `most` keys under a prefix, sorted; all of them where `most` is not given */
  list(prefix: string, most?: number): Promise<readonly string[]>;
}
