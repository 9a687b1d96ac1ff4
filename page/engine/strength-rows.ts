import { addBits, type Bits, removeBits } from '../../lib/evaluator/bits.ts';
import { STRONGEST } from '../../lib/render/strengths.ts';
import type { PageGroup } from './group.ts';

/** By strength, the classes of instances where this is the strongest; undefined: none. */
export type StrengthBits = readonly (Bits | undefined)[];

/** By class of principals, the strongest path on each class of instances. Only these groups count. */
export function strengthRows(
  {
    groups,
    holderClasses,
    sets,
  }: {
    readonly groups: readonly PageGroup[];
    readonly holderClasses: readonly (readonly number[])[];
    readonly sets: readonly Bits[];
  },
  rows: number,
): readonly StrengthBits[] {
  const strengths: (Bits | undefined)[][] = Array.from({ length: rows }, () => []);
  for (const [holders, byStrength] of coveredBy(groups, sets)) {
    for (const row of holderClasses[holders] ?? []) merge(strengths[row] as (Bits | undefined)[], byStrength);
  }
  for (const row of strengths) keepStrongest(row);
  return strengths;
}

function merge(to: (Bits | undefined)[], from: StrengthBits): void {
  for (let strength = 1; strength <= STRONGEST; strength++) {
    const bits = from[strength];
    if (!bits) continue;
    const own = to[strength];
    if (own) addBits(own, bits);
    else to[strength] = bits.slice();
  }
}

function keepStrongest(row: readonly (Bits | undefined)[]): void {
  for (let strong = STRONGEST; strong > 1; strong--) {
    const taken = row[strong];
    for (let weak = strong - 1; taken && weak > 0; weak--) {
      const bits = row[weak];
      if (bits) removeBits(bits, taken);
    }
  }
}

/** By set of holders, the classes of instances that its groups together cover, by strength. */
function coveredBy(
  groups: readonly PageGroup[],
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

/** The strength on each of `width` classes of instances; 0: none. */
export function spread(row: StrengthBits, width: number): Uint8Array {
  const strengths = new Uint8Array(width);
  for (let strength = 1; strength <= STRONGEST; strength++) {
    const bits = row[strength];
    for (let i = 0; bits && i < bits.length; i++) {
      for (let word = bits[i] as number; word !== 0; word &= word - 1)
        strengths[32 * i + 31 - Math.clz32(word & -word)] = strength;
    }
  }
  return strengths;
}
