import { gunzipSync, gzipSync } from 'node:zlib';
import { InputError } from './input-error.ts';

/** An object with such a key is stored compressed. Its body is still text. */
export const isCompressed = (key: string): boolean => key.endsWith('.gz');

/** Level 6, zlib's default, takes half as long again for a tenth less. */
const LEVEL = 4;

/**
 * A text as it is stored. The same text gives the same bytes. Chunks are compressed one by one, so that the
 * whole text is never in memory; together they are one gzip file.
 * https://www.rfc-editor.org/rfc/rfc1952#section-2.2
 */
export function keptBytes(key: string, text: string | Iterable<string>): string | Uint8Array {
  const chunks = typeof text === 'string' ? [text] : text;
  if (!isCompressed(key)) return [...chunks].join('');
  const members: Uint8Array[] = [];
  for (const chunk of chunks) members.push(gzipSync(chunk, { level: LEVEL }));
  return members.length === 1 ? (members[0] as Uint8Array) : Buffer.concat(members);
}

/** The text of these stored bytes. Throws an InputError if they are damaged. */
export function textOfKept(key: string, kept: Uint8Array): string {
  try {
    const bytes = isCompressed(key) ? gunzipSync(kept) : kept;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  } catch (error) {
    throw cannotRead(key, error);
  }
}

export const cannotRead = (key: string, cause: unknown): InputError =>
  new InputError(`cannot read \`${key}\`: ${(cause as Error).message}: run \`scan\` again`, { cause });
