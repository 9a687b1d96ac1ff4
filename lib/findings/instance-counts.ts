import { addBits, type Bits, emptyBits, fullBits, placesIn } from '../evaluator/bits.ts';
import { foldInstances } from '../matrix/fold-instances.ts';
import type { CellGroup, Matrix } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import type { Instance } from '../snapshot/snapshot.ts';

/** The number of instances, policies or conditions that a finding names; further ones are counted. */
export const SHOWN = 10;

/** The number of instances of cells: per region (as in `Facts.regions`), and tagged as production. */
export interface Totals {
  readonly all: number;
  readonly byRegion: readonly number[];
  readonly prod: number;
}

/** Counts of the instances of groups of cells, by class: no group is listed. */
export interface InstanceCounts {
  /** the number of instances of each region, and of production instances */
  readonly totals: Totals;
  readonly count: (group: CellGroup) => Totals;
  /** of several groups, each instance once */
  readonly countAll: (groups: readonly CellGroup[]) => Totals;
  /** the lowest few instances of several groups */
  readonly firstOf: (groups: readonly CellGroup[]) => readonly number[];
}

export function countInstances(
  matrix: Matrix,
  regions: readonly string[],
  instances: ReadonlyMap<string, Instance>,
  isProduction: (instance: Instance | undefined) => boolean,
): InstanceCounts {
  const folded = foldInstances(matrix);
  const numberOf = new Map(matrix.groups.map((group, index) => [group, folded.setOf[index] as number]));
  const setOf = (group: CellGroup): Bits =>
    folded.sets[numberOf.get(group) ?? -1] ?? emptyBits(folded.classes);
  const classes = classesOf(matrix, regions, (id) => isProduction(instances.get(id)), folded);
  const counts = new Map<Bits, Totals>();
  const countOf = (bits: Bits): Totals => {
    return remembered(counts, bits, () => sum(bits, classes, regions.length));
  };
  const unions = new Map<string, Bits>();
  const unionOf = (groups: readonly CellGroup[]): Bits => {
    const numbers = [...new Set(groups.map((group) => numberOf.get(group) ?? -1))].sort((a, b) => a - b);
    return remembered(unions, numbers.join(), () => {
      const bits = emptyBits(folded.classes);
      for (const number of numbers) addBits(bits, folded.sets[number] ?? bits);
      return bits;
    });
  };
  return {
    totals: countOf(fullBits(folded.classes)),
    count: (group) => countOf(setOf(group)),
    countAll: (groups) => countOf(unionOf(groups)),
    // classes are numbered by their first instance: no later class has a lower one
    firstOf: (groups) =>
      lowest(
        placesIn(unionOf(groups))
          .slice(0, SHOWN)
          .flatMap((one) => classes[one]?.first ?? []),
      ),
  };
}

interface ClassCounts {
  readonly byRegion: number[];
  prod: number;
  readonly first: number[];
}

function classesOf(
  matrix: Matrix,
  regions: readonly string[],
  isProduction: (id: string) => boolean,
  { classOf, classes: width }: { readonly classOf: Uint32Array; readonly classes: number },
): readonly ClassCounts[] {
  const place = new Map(regions.map((region, index) => [region, index]));
  const classes = Array.from({ length: width }, () => ({
    byRegion: regions.map(() => 0),
    prod: 0,
    first: [] as number[],
  }));
  for (const [index, { id, region }] of matrix.instances.entries()) {
    const one = classes[classOf[index] as number] as ClassCounts;
    const at = place.get(region) as number;
    one.byRegion[at] = (one.byRegion[at] as number) + 1;
    if (isProduction(id)) one.prod += 1;
    if (one.first.length < SHOWN) one.first.push(index);
  }
  return classes;
}

function sum(bits: Bits, classes: readonly ClassCounts[], regions: number): Totals {
  const byRegion = new Array<number>(regions).fill(0);
  let prod = 0;
  for (const number of placesIn(bits)) {
    const one = classes[number] as ClassCounts;
    for (let at = 0; at < regions; at++)
      byRegion[at] = (byRegion[at] as number) + (one.byRegion[at] as number);
    prod += one.prod;
  }
  return { all: byRegion.reduce((total, one) => total + one, 0), byRegion, prod };
}

const lowest = (list: readonly number[]): readonly number[] => list.toSorted((a, b) => a - b).slice(0, SHOWN);
