import { addBits, type Bits } from '../../lib/evaluator/bits.ts';
import type { Group } from './group.ts';

const STRONGEST = 6;

/** By class of principals, the strongest path on each class of instances, of these groups alone. */
export function strengthRows(
  {
    groups,
    holderClasses,
    sets,
  }: {
    readonly groups: readonly Group[];
    readonly holderClasses: readonly (readonly number[])[];
    readonly sets: readonly Bits[];
  },
  rows: number,
  width: number,
): Uint8Array[] {
  const covered = coveredBy(groups, sets);
  const strengths = Array.from({ length: rows }, () => new Uint8Array(width));
  // stronger ones are written over weaker ones
  for (let strength = 1; strength <= STRONGEST; strength++) {
    for (const [row, bits] of rowsOf(strength, covered, holderClasses))
      write(strengths[row] as Uint8Array, bits, strength);
  }
  return strengths;
}

function rowsOf(
  strength: number,
  covered: ReadonlyMap<number, (Bits | undefined)[]>,
  holderClasses: readonly (readonly number[])[],
): ReadonlyMap<number, Bits> {
  const byRow = new Map<number, Bits>();
  for (const [holders, byStrength] of covered) {
    const bits = byStrength[strength];
    for (const row of bits ? (holderClasses[holders] ?? []) : []) {
      const known = byRow.get(row);
      if (known) addBits(known, bits as Bits);
      else byRow.set(row, (bits as Bits).slice());
    }
  }
  return byRow;
}

function write(to: Uint8Array, bits: Bits, strength: number): void {
  for (let i = 0; i < bits.length; i++) {
    for (let word = bits[i] as number; word !== 0; word &= word - 1)
      to[32 * i + 31 - Math.clz32(word & -word)] = strength;
  }
}

/** What each set of holders has by strength, all its groups together. */
function coveredBy(
  groups: readonly Group[],
  sets: readonly Bits[],
): ReadonlyMap<number, (Bits | undefined)[]> {
  const covered = new Map<number, (Bits | undefined)[]>();
  for (const { holders, set, strength } of groups) {
    const byStrength = covered.get(holders) ?? [];
    covered.set(holders, byStrength);
    const own = sets[set] as Bits;
    const bits = byStrength[strength];
    if (bits) addBits(bits, own);
    else byStrength[strength] = own.slice();
  }
  return covered;
}
