import { type Bits, emptyBits, placesIn, setBit } from '../evaluator/bits.ts';
import { remembered } from '../memory/remembered.ts';
import type { InstanceClasses } from './classes/instance-sets.ts';
import type { CellGroup, Matrix } from './paths/matrix.ts';
import { RowGroup } from './row-groups.ts';

/**
 * The instances of a matrix in the fewest classes that its groups allow, numbered in the order of their first
 * instances.
 */
export interface FoldedInstances {
  /** the class of each instance */
  readonly classOf: Uint32Array;
  readonly classes: number;
  /** the sets of classes that groups are on, each once, in the order of the groups */
  readonly sets: readonly Bits[];
  /** the set of each group, by its index in the matrix */
  readonly setOf: readonly number[];
}

/** The smallest units: every group contains an atom as a whole or not at all. A class of instances, or one instance. */
interface Atoms {
  readonly count: number;
  /** equal sets of atoms always have the same key */
  readonly keysAreUnique: boolean;
  /** the atom of each instance */
  readonly of: (instance: number) => number;
  /** the atoms of a group; groups over the same instances often have the same key */
  readonly in: (group: CellGroup) => { readonly key: object; readonly list: () => readonly number[] };
}

const cache = new WeakMap<Matrix, FoldedInstances>();

/** Cached per matrix: the stored file, findings and the report all use it. */
export function foldInstances(matrix: Matrix): FoldedInstances {
  return remembered(cache, matrix, () => fold(matrix));
}

function fold(matrix: Matrix): FoldedInstances {
  const atoms = atomsOf(matrix);
  const lists: (readonly number[])[] = [];
  const numbers = new Map<object, number>();
  const known = new Map<string, number>();
  const setOf = matrix.groups.map((group) => {
    const { key, list } = atoms.in(group);
    let number = numbers.get(key);
    if (number === undefined) {
      const ascending = list();
      const add = (): number => lists.push(ascending) - 1;
      number = atoms.keysAreUnique ? add() : remembered(known, ascending.join(), add);
      numbers.set(key, number);
    }
    return number;
  });
  const blockOf = refined(atoms.count, lists);
  const numberOf = new Map<number, number>();
  const classOf = Uint32Array.from(matrix.instances, (_, instance) => {
    const block = blockOf[atoms.of(instance)] as number;
    return remembered(numberOf, block, () => numberOf.size);
  });
  return {
    classOf,
    classes: numberOf.size,
    sets: lists.map((list) => {
      const bits = emptyBits(numberOf.size);
      for (const atom of list) {
        const number = numberOf.get(blockOf[atom] as number);
        if (number !== undefined) setBit(bits, number);
      }
      return bits;
    }),
    setOf,
  };
}

function atomsOf(matrix: Matrix): Atoms {
  const classes = sharedClasses(matrix.groups);
  if (classes === null)
    return {
      count: matrix.instances.length,
      keysAreUnique: false,
      of: (instance) => instance,
      in: ({ instances }) => ({ key: instances, list: () => instances.toSorted((a, b) => a - b) }),
    };
  return {
    count: classes.members.length,
    keysAreUnique: true,
    of: (instance) => classes.classOf[instance] as number,
    in: (group) => ({
      key: (group as RowGroup).set,
      list: () => placesIn((group as RowGroup).set.bits),
    }),
  };
}

/** The classes that all groups share; null if a group has a plain list of instances. */
function sharedClasses(groups: readonly CellGroup[]): InstanceClasses | null {
  const [first] = groups;
  if (!(first instanceof RowGroup)) return null;
  const { classes } = first.set;
  return groups.every((group) => group instanceof RowGroup && group.set.classes === classes) ? classes : null;
}

/** Counts in `inList` how many atoms of the list are in each block; the blocks that have some. */
function countBlocks(list: readonly number[], blockOf: Uint32Array, inList: Uint32Array): readonly number[] {
  const met: number[] = [];
  for (const atom of list) {
    const block = blockOf[atom] as number;
    if (inList[block] === 0) met.push(block);
    inList[block] = (inList[block] as number) + 1;
  }
  return met;
}

/**
 * Splits all atoms by each list in turn. In the end, atoms are in one block if every list contains all or none of
 * them.
 */
function refined(count: number, lists: readonly (readonly number[])[]): Uint32Array {
  const blockOf = new Uint32Array(count);
  const sizes = [count];
  // by block; there are at most as many as atoms
  const inList = new Uint32Array(count);
  const splitTo = new Uint32Array(count);
  for (const list of lists) {
    for (const block of countBlocks(list, blockOf, inList)) {
      const size = inList[block] as number;
      inList[block] = 0;
      splitTo[block] = block;
      if (size === sizes[block]) continue;
      sizes[block] = (sizes[block] as number) - size;
      splitTo[block] = sizes.push(size) - 1;
    }
    for (const atom of list) blockOf[atom] = splitTo[blockOf[atom] as number] as number;
  }
  return blockOf;
}
