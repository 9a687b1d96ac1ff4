import { remembered } from '../../memory/remembered.ts';
import { GROUP_TAG, tagOf } from '../../snapshot/instance-tags.ts';
import type { ContainerInstance, DeploymentGroup, TagFilter } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot, Snapshot } from '../../snapshot/snapshot.ts';
import { isWhole } from './whole-lists.ts';

const hostCache = new WeakMap<readonly ContainerInstance[], ReadonlyMap<string, ContainerInstance[]>>();

/** The registration of an instance in ECS; null: not collected, or not everywhere. */
export function hostOf(
  { id }: Instance,
  region: RegionSnapshot | undefined,
  snapshot: Snapshot,
): readonly ContainerInstance[] | null {
  const all = region?.containerInstances;
  if (!all) return null;
  const index = remembered(hostCache, all, () =>
    Map.groupBy(
      all.filter(({ status }) => status === 'ACTIVE'),
      ({ instance }) => instance ?? '',
    ),
  );
  return index.get(id) ?? (isWhole(snapshot, region.region, 'containerInstances') ? [] : null);
}

/**
 * The deployment groups that deploy to an instance, by its tags or its Auto Scaling group; null: not
 * collected, or not all. https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-tagging.html
 */
export function deployedBy(
  instance: Instance,
  region: RegionSnapshot | undefined,
  snapshot: Snapshot,
): readonly DeploymentGroup[] | null {
  if (!region?.deploymentGroups) return null;
  const group = tagOf(instance, GROUP_TAG);
  const found = region.deploymentGroups.filter(
    ({ tags, autoScalingGroups }) =>
      (group !== null && autoScalingGroups.includes(group)) ||
      (tags.length > 0 && tags.every((list) => list.some((one) => fits(one, instance)))),
  );
  return found.length > 0 || isWhole(snapshot, region.region, 'deploymentGroups') ? found : null;
}

function fits({ type, key, value }: TagFilter, { tags }: Instance): boolean {
  return tags.some(
    (tag) =>
      (type === 'VALUE_ONLY' || tag.key === key) && (type === 'KEY_ONLY' || tag.value === (value ?? '')),
  );
}
