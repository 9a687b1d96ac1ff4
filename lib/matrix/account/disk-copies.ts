import { remembered } from '../../memory/remembered.ts';
import { isObject, own } from '../../policy/fields.ts';
import type { Instance, Snapshot } from '../../snapshot/snapshot.ts';
import { fieldOf, keptItems } from './kept-items.ts';

/** A snapshot of a disk. */
export interface DiskSnapshot {
  readonly id: string;
  readonly volume: string;
}

type Find<T> = (snapshot: Snapshot, region: string) => T;

/** The same, once for each region. */
function onceEach<T>(find: Find<T>): Find<T> {
  const known = new WeakMap<Snapshot, Map<string, T>>();
  return (snapshot, region) => {
    const regions = remembered(known, snapshot, () => new Map<string, T>());
    return remembered(regions, region, () => find(snapshot, region));
  };
}

/** The account's snapshots of the instance's volumes; null: not collected. */
export function snapshotsOf(
  { region, volumes }: Instance,
  snapshot: Snapshot,
): readonly DiskSnapshot[] | null {
  const byVolume = snapshotsByVolume(snapshot, region);
  return byVolume && volumes.flatMap(({ id }) => byVolume.get(id) ?? []);
}

const snapshotsByVolume = onceEach((snapshot, region) => {
  const items = keptItems(snapshot, 'ec2.describe-snapshots', region, 'Snapshots');
  if (!items) return null;
  const own = items.flatMap((item) => {
    const id = fieldOf(item, 'SnapshotId');
    const volume = fieldOf(item, 'VolumeId');
    return id === null || volume === null ? [] : [{ id, volume }];
  });
  return Map.groupBy(own, ({ volume }) => volume);
});

/** The ids of the account's images that contain a snapshot of the instance's volumes; null: not collected. */
export function imagesOf(instance: Instance, snapshot: Snapshot): readonly string[] | null {
  if (instance.volumes.length === 0) return [];
  const bySnapshot = imagesBySnapshot(snapshot, instance.region);
  const snapshots = snapshotsOf(instance, snapshot);
  if (!bySnapshot || !snapshots) return null;
  return [...new Set(snapshots.flatMap(({ id }) => bySnapshot.get(id) ?? []))];
}

const imagesBySnapshot = onceEach((snapshot, region) => {
  const items = keptItems(snapshot, 'ec2.describe-images', region, 'Images');
  if (!items) return null;
  const found = new Map<string, string[]>();
  for (const item of items) {
    const image = fieldOf(item, 'ImageId');
    if (image !== null) for (const id of snapshotsIn(item)) remembered(found, id, () => []).push(image);
  }
  return found;
});

function snapshotsIn(image: unknown): readonly string[] {
  const disks = isObject(image) ? own(image, 'BlockDeviceMappings') : null;
  if (!Array.isArray(disks)) return [];
  return disks.flatMap((disk) => {
    const ebs = isObject(disk) ? own(disk, 'Ebs') : null;
    const id = isObject(ebs) ? own(ebs, 'SnapshotId') : null;
    return typeof id === 'string' ? [id] : [];
  });
}
