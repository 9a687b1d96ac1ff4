import { placesIn } from '../evaluator/bits.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import type { AuditSide } from './sides.ts';

const LANES = [0x9e3779b9, 0x85ebca6b] as const;

/** A random odd number for each name. */
function mix(value: number, lane: number): number {
  let hash = Math.imul(value + 1, 0x27d4eb2f) ^ lane;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) | 1;
}

const PATHS: ReadonlyMap<PathId, number> = new Map(ACCESS_PATHS.map(({ id }, number) => [id, number]));

/** The weight of a path and a state. */
function weightOf(path: PathId, state: number, lane: number): number {
  return mix(mix(PATHS.get(path) ?? PATHS.size, lane) ^ state, lane);
}

/**
 * A fingerprint for each principal of the matrix, equal if the access is equal. It is a sum over cells, each
 * a product of random numbers for the instance and for the path and the state, so that the grouping of cells
 * does not matter; two sums of 32 bits make one fingerprint.
 */
export function rowPrints(side: AuditSide): readonly string[] {
  const { groups, folded, instances, states } = side;
  const sums = LANES.map((lane) => {
    const ofClasses = new Int32Array(folded.classes);
    folded.classOf.forEach((one, instance) => {
      ofClasses[one] = (ofClasses[one] as number) + mix(instances[instance] as number, lane);
    });
    const ofSets = folded.sets.map((bits) =>
      placesIn(bits).reduce((sum, one) => (sum + (ofClasses[one] as number)) | 0, 0),
    );
    const rows = new Int32Array(side.principals.length);
    groups.forEach((group, index) => {
      const weight = weightOf(group.path, states[index] as number, lane);
      const added = Math.imul(ofSets[folded.setOf[index] as number] as number, weight);
      for (const one of group.principals) rows[one] = (rows[one] as number) + added;
    });
    return rows;
  });
  return Array.from(side.principals, (_, one) => sums.map((sum) => sum[one]).join());
}
