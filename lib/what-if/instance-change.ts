import type { BuiltRows } from '../matrix/build.ts';
import type { Instance, Snapshot } from '../snapshot/snapshot.ts';

/** An instance as it is and as it would be. */
export interface InstanceChange {
  /** in the matrix's list; the length of the list for a new instance */
  readonly index: number;
  /** its position among all instances, in the same order */
  readonly rank: number;
  /** null: it does not exist yet */
  readonly before: Instance | null;
  /** null: it is removed */
  readonly after: Instance | null;
}

/** A new instance, after the others of its region. */
export function additionOf(instance: Instance, { audited, instances }: BuiltRows): InstanceChange {
  const { regions } = audited.account.snapshot;
  const at = regions.findIndex(({ region }) => region === instance.region);
  if (!regions[at]?.instances)
    throw new Error(`the instances of region \`${instance.region}\` were not collected: name another region`);
  const rank = countIn(regions.slice(0, at + 1)) - 0.5;
  return { index: instances.length, rank, before: null, after: instance };
}

function countIn(regions: Snapshot['regions']): number {
  return regions.reduce((sum, { instances }) => sum + (instances?.length ?? 0), 0);
}
