import { addBits, type Bits, difference, emptyBits, fullBits, isEmpty, placesIn } from '../evaluator/bits.ts';
import { foldInstances } from '../matrix/fold-instances.ts';
import type { CellGroup, Matrix } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import type { Instance } from '../snapshot/snapshot.ts';

/** How many instances, policies or conditions a finding names before it counts the rest. */
export const SHOWN = 10;

/** How many instances cells take in: per region (as in `Facts.regions`), and tagged as production. */
export interface Counts {
  readonly byRegion: readonly number[];
  readonly prod: number;
}

/** What findings ask about the instances of a group of cells, told by class: no group is listed. */
export interface InstanceCounts {
  /** how many instances each region holds, and how many are production */
  readonly totals: Counts;
  readonly count: (group: CellGroup) => Counts;
  /** the lowest few instances, for showing */
  readonly first: (group: CellGroup) => readonly number[];
  /** are the instances of all these groups among those of the broader ones? */
  readonly covers: (broader: readonly CellGroup[], narrower: readonly CellGroup[]) => boolean;
}

export function countInstances(
  matrix: Matrix,
  regions: readonly string[],
  instances: ReadonlyMap<string, Instance>,
): InstanceCounts {
  const folded = foldInstances(matrix);
  const numberOf = new Map(matrix.groups.map((group, index) => [group, folded.setOf[index] as number]));
  const setOf = (group: CellGroup): Bits =>
    folded.sets[numberOf.get(group) ?? -1] ?? emptyBits(folded.classes);
  const classes = classesOf(matrix, regions, instances, folded.classOf, folded.classes);
  const counts = new Map<Bits, Counts>();
  const countOf = (bits: Bits): Counts => {
    return remembered(counts, bits, () => sum(bits, classes, regions.length));
  };
  const firsts = new Map<Bits, readonly number[]>();
  return {
    totals: countOf(fullBits(folded.classes)),
    count: (group) => countOf(setOf(group)),
    first: (group) => {
      const bits = setOf(group);
      return remembered(firsts, bits, () =>
        lowest(placesIn(bits).flatMap((one) => classes[one]?.first ?? [])),
      );
    },
    covers: (broader, narrower) => {
      const covered = emptyBits(folded.classes);
      for (const group of broader) addBits(covered, setOf(group));
      return narrower.every((group) => isEmpty(difference(setOf(group), covered)));
    },
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
  instances: ReadonlyMap<string, Instance>,
  classOf: Uint32Array,
  width: number,
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
    if (taggedProd(instances.get(id))) one.prod += 1;
    if (one.first.length < SHOWN) one.first.push(index);
  }
  return classes;
}

function sum(bits: Bits, classes: readonly ClassCounts[], regions: number): Counts {
  const byRegion = new Array<number>(regions).fill(0);
  let prod = 0;
  for (const number of placesIn(bits)) {
    const one = classes[number] as ClassCounts;
    for (let at = 0; at < regions; at++)
      byRegion[at] = (byRegion[at] as number) + (one.byRegion[at] as number);
    prod += one.prod;
  }
  return { byRegion, prod };
}

const lowest = (list: readonly number[]): readonly number[] => list.toSorted((a, b) => a - b).slice(0, SHOWN);

/** `env` or `environment` says `prod` or `production`, whatever the case. */
function taggedProd(instance: Instance | undefined): boolean {
  return (instance?.tags ?? []).some(
    ({ key, value }) => /^(env|environment)$/i.test(key) && /^(prod|production)$/i.test(value),
  );
}
