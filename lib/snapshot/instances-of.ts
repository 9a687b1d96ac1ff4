import type { Instance, Snapshot } from './snapshot.ts';

/** Every collected instance of every region, in the snapshot's order. */
export function instancesOf(snapshot: Pick<Snapshot, 'regions'>): Instance[] {
  return snapshot.regions.flatMap((region) => region.instances ?? []);
}
