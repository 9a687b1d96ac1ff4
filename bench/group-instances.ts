import type { CellGroup } from '../lib/matrix/paths/matrix.ts';
import type { Random } from './random.ts';

/** Groups of a built matrix have their instances by class. Listing them all would take more memory than the matrix. */
interface ByClass extends CellGroup {
  readonly set?: { readonly size?: number; has?(instance: number): boolean };
}

/** The number of instances of a group. */
export function instanceCount(group: ByClass): number {
  return group.set?.size ?? group.instances.length;
}

export function hasInstance(group: ByClass, instance: number): boolean {
  return group.set?.has?.(instance) ?? holds(group.instances, instance);
}

/** One of them, each with equal probability; `total` is the number of the matrix's instances. */
export function pickInstance(group: ByClass, total: number, random: Random): number {
  if (!group.set?.has) return random.pick(group.instances);
  for (;;) {
    const instance = random.int(total);
    if (group.set.has(instance)) return instance;
  }
}

function holds(ascending: readonly number[], wanted: number): boolean {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === wanted;
}
