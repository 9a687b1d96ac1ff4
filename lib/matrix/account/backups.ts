import { remembered } from '../../memory/remembered.ts';
import type { ProtectedResource } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot } from '../../snapshot/snapshot.ts';
import { NEW_ID, UUID } from '../paths/placeholder-ids.ts';
import { unlistedTargets } from './new-resources.ts';
import type { Place, Target } from './target.ts';

/** The form of a copy in AWS Backup: an image, a snapshot of a disk, or a form of its own. */
export type CopyForm = 'image' | 'snapshot' | 'recovery-point';

const indexCache = new WeakMap<readonly ProtectedResource[], ReadonlyMap<string, ProtectedResource>>();

/** Protected resources by id: there may be as many as instances. */
const indexOf = (all: readonly ProtectedResource[]): ReadonlyMap<string, ProtectedResource> =>
  remembered(
    indexCache,
    all,
    () =>
      new Map(
        all.flatMap((one) => {
          const [, id] = /:(?:instance|volume)\/([^:/]+)$/.exec(one.arn) ?? [];
          return id === undefined ? [] : [[id, one] as const];
        }),
      ),
  );

/**
 * The ARN of a recovery point shows its form:
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/recovery-points.html
 */
function formOf({ type, recoveryPoint }: ProtectedResource): CopyForm {
  if (recoveryPoint?.split(':')[2] === 'backup') return 'recovery-point';
  return type === 'EBS' ? 'snapshot' : 'image';
}

/** The copies in AWS Backup of the instance or one of its disks; null: not collected. */
function backedUp(
  instance: Instance,
  region: RegionSnapshot | undefined,
): readonly ProtectedResource[] | null {
  const all = region?.protectedResources;
  if (!all) return null;
  if (all.length === 0) return [];
  const index = indexOf(all);
  return [instance, ...instance.volumes].flatMap(({ id }) => index.get(id) ?? []);
}

/** For `attached.ts`: the copies of one form. */
export const backupsOf =
  (form: CopyForm) =>
  (instance: Instance, region: RegionSnapshot | undefined): string =>
    backedUp(instance, region)
      ?.filter((one) => formOf(one) === form)
      .map(({ arn, recoveryPoint }) => recoveryPoint ?? arn)
      .join() ?? '?';

const SHAPES: Readonly<
  Record<CopyForm, { readonly service: string; readonly type: string; readonly id: string }>
> = {
  image: { service: 'ec2', type: 'image/', id: `ami-${NEW_ID}` },
  snapshot: { service: 'ec2', type: 'snapshot/', id: `snap-${NEW_ID}` },
  'recovery-point': { service: 'backup', type: 'recovery-point:', id: UUID },
};

/** The newest copy of each; its tags were not read. */
export const recoveryPoints =
  (form: CopyForm) =>
  (place: Place): readonly Target[] => {
    const { id, ...shape } = SHAPES[form];
    const any = unlistedTargets(place, shape, id, 'backup list-protected-resources');
    const all = backedUp(place.instance, place.region);
    if (!all) return any;
    return all
      .filter((one) => formOf(one) === form)
      .flatMap(({ recoveryPoint }) =>
        // its existence is known, but not its name
        recoveryPoint === null
          ? any.map(({ arn }) => ({ arn, tags: null }))
          : [{ arn: recoveryPoint, tags: null }],
      );
  };
