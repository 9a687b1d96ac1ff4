import { gunzipSync, gzipSync } from 'node:zlib';
import { InputError } from './input-error.ts';

/** An object whose key ends so is kept compressed. Its body is the text all the same. */
export const isCompressed = (key: string): boolean => key.endsWith('.gz');

/** Level 6, which is what zlib takes if none is given, takes half as long again for a tenth less. */
const LEVEL = 4;

/** A text as it is kept. The same text gives the same bytes. */
export const keptBytes = (key: string, text: string): string | Uint8Array =>
  isCompressed(key) ? gzipSync(text, { level: LEVEL }) : text;

/** The text that is kept as these bytes. Throws an InputError if they are damaged. */
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
