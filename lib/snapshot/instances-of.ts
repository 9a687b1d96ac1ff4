import { remembered } from '../memory/remembered.ts';
import type { Instance, Snapshot } from './snapshot.ts';

/** Every collected instance of every region, in the snapshot's order. */
export function instancesOf(snapshot: Pick<Snapshot, 'regions'>): Instance[] {
  return snapshot.regions.flatMap((region) => region.instances ?? []);
}

const byId = new WeakMap<Snapshot['regions'], ReadonlyMap<string, Instance>>();

/** The same by id. */
export const instancesById = (snapshot: Pick<Snapshot, 'regions'>): ReadonlyMap<string, Instance> =>
  remembered(
    byId,
    snapshot.regions,
    () => new Map(instancesOf(snapshot).map((instance) => [instance.id, instance])),
  );
