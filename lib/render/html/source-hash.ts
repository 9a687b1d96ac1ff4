import { sha256 } from '../../findings/sha256.ts';

/** The hash of a script or a style in a content security policy. */
export function sourceHash(text: string): string {
  const bytes = sha256(text).match(/../g) ?? [];
  return `sha256-${btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))))}`;
}
