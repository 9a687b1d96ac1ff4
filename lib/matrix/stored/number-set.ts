import { type Bits, emptyBits, placesIn, setBit } from '../../evaluator/bits.ts';

/**
 * A set of small numbers as JSON, whichever is shorter: runs as `[gap, length, gap, length, ...]`, each gap counted from
 * the end of the run before; or the bits, lowest first, as base64.
 */
export type StoredSet = readonly number[] | string;

export function storeSet(bits: Bits): StoredSet {
  const used = usedBytes(bits);
  const packedLength = 2 + 4 * Math.ceil(used / 3);
  const runs = runsOf(bits);
  // a number and its comma take two characters at least
  const isLonger = 2 * runs.length > packedLength || JSON.stringify(runs).length > packedLength;
  return isLonger ? packedBits(bits, used) : runs;
}

function runsOf(bits: Bits): readonly number[] {
  const runs: number[] = [];
  let end = 0;
  for (const place of placesIn(bits)) {
    if (place === end && runs.length > 0) runs[runs.length - 1] = (runs.at(-1) as number) + 1;
    else runs.push(place - end, 1);
    end = place + 1;
  }
  return runs;
}

/** The number of bytes up to the last one that is not zero. */
function usedBytes(bits: Bits): number {
  const last = bits.findLastIndex((word) => word !== 0);
  return last < 0 ? 0 : 4 * last + 4 - (Math.clz32(bits[last] as number) >>> 3);
}

/** Little-endian whatever the machine; zeros at the end are left out. */
function packedBits(bits: Bits, used: number): string {
  let bytes = '';
  for (const word of bits)
    bytes += String.fromCharCode(word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24);
  return btoa(bytes.slice(0, used));
}

/** The set of numbers below `width`; null if the value is not one. */
export function loadSet(value: unknown, width: number): Bits | null {
  if (typeof value === 'string') return unpacked(value, width);
  return Array.isArray(value) ? ofRuns(value, width) : null;
}

function ofRuns(runs: readonly unknown[], width: number): Bits | null {
  const bits = emptyBits(width);
  let at = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const gap = runs[i];
    const length = runs[i + 1];
    if (!isCount(gap) || !isCount(length) || at + gap + length > width) return null;
    at += gap;
    for (const end = at + length; at < end; at++) setBit(bits, at);
  }
  return bits;
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function unpacked(text: string, width: number): Bits | null {
  let bytes: string;
  try {
    bytes = atob(text);
  } catch {
    return null;
  }
  const bits = emptyBits(width);
  if (bytes.length > 4 * bits.length) return null;
  for (let i = 0; i < bytes.length; i++)
    bits[i >>> 2] = (bits[i >>> 2] as number) | (bytes.charCodeAt(i) << (8 * (i & 3)));
  const last = bits.at(-1) ?? 0;
  return width % 32 !== 0 && last >>> (width % 32) !== 0 ? null : bits;
}

/** True if a stored set contains a number, without decoding all of it; null if the value is not a set. */
export function holdsPlace(value: unknown, place: number): boolean | null {
  if (typeof value === 'string') return packedHolds(value, place);
  return Array.isArray(value) ? runsHold(value, place) : null;
}

function runsHold(runs: readonly unknown[], place: number): boolean | null {
  let at = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const gap = runs[i];
    const length = runs[i + 1];
    if (!isCount(gap) || !isCount(length)) return null;
    at += gap;
    if (place < at) return false;
    at += length;
    if (place < at) return true;
  }
  return false;
}

/** Four characters encode three bytes. */
function packedHolds(text: string, place: number): boolean | null {
  const byte = place >>> 3;
  const start = 4 * Math.floor(byte / 3);
  try {
    return ((atob(text.slice(start, start + 4)).charCodeAt(byte % 3) >>> (place & 7)) & 1) === 1;
  } catch {
    return null;
  }
}
