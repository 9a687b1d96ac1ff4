/** Pseudo-random numbers, the same for the same seed on every machine. */
export interface Random {
  /** 0 or more, less than 1 */
  next(): number;
  /** a whole number of 0 or more, less than `below` */
  int(below: number): number;
  chance(share: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** this many hexadecimal digits */
  hex(digits: number): string;
  /** this many characters of the alphabet of IAM's ids */
  id(characters: number): string;
  /** another stream: numbers drawn from it do not change this one */
  fork(name: string): Random;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** `sfc32` of Chris Doty-Humphrey's PractRand (public domain): fast, and good enough for test data. */
export function randomOf(seed: number, stream = ''): Random {
  let [a, b, c, counter] = [seed >>> 0, hashOf(stream), Math.floor(seed / 2 ** 32) >>> 0, 1];
  const bits = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round++) bits();
  const next = (): number => bits() / 2 ** 32;
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    chance: (share) => next() < share,
    pick: <T>(items: readonly T[]): T => items[int(items.length)] as T,
    hex: (digits) => {
      let text = '';
      for (; text.length < digits; ) text += bits().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
    id: (characters) => Array.from({ length: characters }, () => BASE32[int(32)]).join(''),
    fork: (name) => randomOf(seed, `${stream}/${name}`),
  };
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
