import { remembered } from '../../memory/remembered.ts';
import type { ProtectedResource } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot } from '../../snapshot/snapshot.ts';
import { ID, inRegion } from './new-resources.ts';
import type { Place, Target } from './target.ts';

/** As what AWS Backup keeps a copy: as an image, as a snapshot of a disk, or in a form of its own. */
export type CopyForm = 'image' | 'snapshot' | 'recovery-point';

const indexCache = new WeakMap<readonly ProtectedResource[], ReadonlyMap<string, ProtectedResource>>();

/** By the end of their ARN, as `instance/i-1`: there may be as many as there are instances. */
const indexOf = (all: readonly ProtectedResource[]): ReadonlyMap<string, ProtectedResource> =>
  remembered(
    indexCache,
    all,
    () => new Map(all.map((one) => [one.arn.slice(one.arn.lastIndexOf(':') + 1), one])),
  );

/** A recovery point has the ARN of what it is: https://docs.aws.amazon.com/aws-backup/latest/devguide/recovery-points.html */
function formOf({ type, recoveryPoint }: ProtectedResource): CopyForm {
  if (recoveryPoint?.split(':')[2] === 'backup') return 'recovery-point';
  return type === 'EBS' ? 'snapshot' : 'image';
}

/** What AWS Backup has copies of that is the instance or one of its disks; null: not collected. */
function backedUp(
  instance: Instance,
  region: RegionSnapshot | undefined,
): readonly ProtectedResource[] | null {
  const all = region?.protectedResources;
  if (!all) return null;
  if (all.length === 0) return [];
  const index = indexOf(all);
  const names = [`instance/${instance.id}`, ...instance.volumes.map(({ id }) => `volume/${id}`)];
  return names.flatMap((name) => index.get(name) ?? []);
}

/** For `attached.ts`: the copies of one form. */
export const backupsOf =
  (form: CopyForm) =>
  (instance: Instance, region: RegionSnapshot | undefined): string =>
    backedUp(instance, region)
      ?.filter((one) => formOf(one) === form)
      .map(({ arn, recoveryPoint }) => recoveryPoint ?? arn)
      .join() ?? '?';

const MADE_UP: Readonly<Record<CopyForm, string>> = {
  image: `image/ami-${ID}`,
  snapshot: `snapshot/snap-${ID}`,
  'recovery-point': 'recovery-point:00000000-0000-0000-0000-000000000000',
};

/** The newest copy of each; its tags were not read. */
export const recoveryPoints =
  (form: CopyForm) =>
  (place: Place): readonly Target[] => {
    const { instance, account, region } = place;
    const madeUp =
      form === 'recovery-point'
        ? inRegion(place, 'backup', MADE_UP[form])
        : `arn:${account.snapshot.partition}:ec2:${instance.region}::${MADE_UP[form]}`;
    const all = backedUp(instance, region);
    if (!all) return [{ arn: madeUp, tags: null, missing: 'backup list-protected-resources' }];
    return all
      .filter((one) => formOf(one) === form)
      .map(({ recoveryPoint }) => ({ arn: recoveryPoint ?? madeUp, tags: null }));
  };
