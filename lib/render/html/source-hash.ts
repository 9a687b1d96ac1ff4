import { sha256 } from '../../findings/sha256.ts';

/** What a content security policy names a script or a style by. */
export function sourceHash(text: string): string {
  const bytes = sha256(text).match(/../g) ?? [];
  return `sha256-${btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))))}`;
}
