/** A set of places, one bit each. */
export type Bits = Uint32Array;

export function emptyBits(width: number): Bits {
  return new Uint32Array((width + 31) >>> 5);
}

export function fullBits(width: number): Bits {
  const bits = emptyBits(width);
  for (let i = 0; i < bits.length; i++) bits[i] = fullWord(i, width);
  return bits;
}

/** Word `i` of the set of all places. */
export function fullWord(i: number, width: number): number {
  const left = width - 32 * i;
  return left >= 32 ? 0xffffffff : 2 ** left - 1;
}

export function setBit(bits: Bits, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31));
}

export function hasBit(bits: Bits, at: number): boolean {
  return (((bits[at >>> 5] as number) >>> (at & 31)) & 1) === 1;
}

export function isEmpty(bits: Bits): boolean {
  for (let i = 0; i < bits.length; i++) if (bits[i] !== 0) return false;
  return true;
}

export function intersection(a: Bits, b: Bits): Bits {
  const bits = new Uint32Array(a.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (a[i] as number) & (b[i] as number);
  return bits;
}

export function difference(a: Bits, b: Bits): Bits {
  const bits = new Uint32Array(a.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (a[i] as number) & ~(b[i] as number);
  return bits;
}

/** Returns `a` itself if it contains `b`. */
export function union(a: Bits, b: Bits): Bits {
  if (isSubset(b, a)) return a;
  const bits = a.slice();
  addBits(bits, b);
  return bits;
}

/** The places of a set that are not in all of the others. One pass: there may be hundreds of others. */
export function lackedBySome(bits: Bits, others: readonly Bits[]): Bits {
  const left = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i] as number;
    let inAll = word;
    for (let k = 0; k < others.length && inAll !== 0; k++) inAll &= (others[k] as Bits)[i] as number;
    left[i] = word & ~inAll;
  }
  return left;
}

export function addBits(to: Bits, from: Bits): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) | (from[i] as number);
}

export function removeBits(from: Bits, taken: Bits): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] as number) & ~(taken[i] as number);
}

/** `bits` without `taken`, the same set if nothing is taken; null: empty. */
export function without(bits: Bits, taken: Bits): Bits | null {
  if (!intersects(bits, taken)) return bits;
  return isSubset(bits, taken) ? null : difference(bits, taken);
}

export function intersects(a: Bits, b: Bits): boolean {
  for (let i = 0; i < a.length; i++) if (((a[i] as number) & (b[i] as number)) !== 0) return true;
  return false;
}

export function isSubset(a: Bits, b: Bits): boolean {
  for (let i = 0; i < a.length; i++) if (((a[i] as number) & ~(b[i] as number)) !== 0) return false;
  return true;
}

/** The places of a set, ascending. */
export function placesIn(bits: Bits): number[] {
  const places: number[] = [];
  for (let i = 0; i < bits.length; i++) {
    for (let word = bits[i] as number; word !== 0; word &= word - 1)
      places.push(32 * i + 31 - Math.clz32(word & -word));
  }
  return places;
}

/** Like `placesIn`, without a list of them. */
export function eachPlace(bits: Bits, visit: (place: number) => void): void {
  for (let i = 0; i < bits.length; i++) {
    for (let word = bits[i] as number; word !== 0; word &= word - 1)
      visit(32 * i + 31 - Math.clz32(word & -word));
  }
}

/** True if the set has at most `most` places. */
export function hasAtMost(bits: Bits, most: number): boolean {
  let left = most;
  for (let i = 0; i < bits.length && left >= 0; i++)
    for (let word = bits[i] as number; word !== 0 && left >= 0; word &= word - 1) left--;
  return left >= 0;
}

export function areEqual(a: Bits, b: Bits): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Equal sets have equal hashes. */
export function hashOf(bits: Bits): number {
  let hash = 0;
  for (let i = 0; i < bits.length; i++) hash = (Math.imul(hash, 0x01000193) ^ (bits[i] as number)) | 0;
  // spread the high half: multiplication carries upwards only
  return hash ^ (hash >>> 15);
}

/** The first place of a set; -1 where it is empty. */
export function firstPlace(bits: Bits): number {
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i] as number;
    if (word !== 0) return 32 * i + 31 - Math.clz32(word & -word);
  }
  return -1;
}
