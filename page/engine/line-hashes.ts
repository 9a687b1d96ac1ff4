import type { Bits } from '../../lib/evaluator/bits.ts';
import { STRONGEST } from '../../lib/render/strengths.ts';
import type { StrengthBits } from './strength-rows.ts';

/** Equal for rows that are equal in the classes of `mask`; 0 for a row without access to them. */
export function rowHash(row: StrengthBits, mask: Bits): number {
  let [low, high] = [0, 0];
  for (let strength = 1; strength <= STRONGEST; strength++) {
    const bits = row[strength];
    for (let i = 0; bits && i < bits.length; i++) {
      const word = (bits[i] as number) & (mask[i] as number);
      if (word === 0) continue;
      const seed = mixed(i * 8 + strength);
      low = (low + mixed(word ^ seed)) | 0;
      high = (high + mixed(word + seed)) | 0;
    }
  }
  return joined(low, high);
}

/** By column: equal for columns with the same strength in every row; 0 for a column without access. */
export function columnHashes(rows: readonly Uint8Array[], classes: readonly number[]): Float64Array {
  const [low, high] = [new Int32Array(classes.length), new Int32Array(classes.length)];
  const columns = Uint32Array.from(classes);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as Uint8Array;
    const [seed, more] = [mixed(at + 1), mixed(at + 0x9e3779b9)];
    for (let column = 0; column < columns.length; column++) {
      const strength = row[columns[column] as number] as number;
      if (strength === 0) continue;
      low[column] = ((low[column] as number) + Math.imul(seed, strength)) | 0;
      high[column] = ((high[column] as number) + Math.imul(more, strength)) | 0;
    }
  }
  return Float64Array.from(low, (one, at) => joined(one, high[at] as number));
}

/** An odd 32-bit hash of a number. */
function mixed(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) | 1;
}

const joined = (low: number, high: number): number => (low >>> 0) + (high & 0xfffff) * 2 ** 32;
