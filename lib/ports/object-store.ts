/** An object and the tag that a later replace must name. */
export interface StoredObject {
  readonly body: string;
  readonly etag: string;
}

/**
 * Texts by key, `/` between parts. Safe with concurrent writers: create never overwrites, replace names the
 * version that was read. Objects with a key that ends in `.gz` are stored compressed (gzip).
 */
export interface ObjectStore {
  get(key: string): Promise<StoredObject | null>;
  /** If-None-Match: *. A very large body comes in chunks */
  create(key: string, body: string | Iterable<string>, contentType?: string): Promise<'created' | 'exists'>;
  /** If-Match: etag; null: the object must not exist yet */
  replace(
    key: string,
    body: string,
    etag: string | null,
    contentType?: string,
  ): Promise<'replaced' | 'conflict'>;
  /**
   * If-Match: etag; an object that was replaced or deleted is a conflict. Null: any version, for objects that
   * nobody writes any more
   */
  delete(key: string, etag: string | null): Promise<'deleted' | 'conflict'>;
  /** the first `most` keys under a prefix, sorted; all if `most` is not given */
  list(prefix: string, most?: number): Promise<readonly string[]>;
}
