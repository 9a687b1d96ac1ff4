import { remembered } from '../../memory/remembered.ts';
import type { ContainerInstance, DeploymentGroup, TagFilter } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot } from '../../snapshot/snapshot.ts';

const hostCache = new WeakMap<readonly ContainerInstance[], ReadonlyMap<string, ContainerInstance[]>>();

/** What ECS has registered of an instance. */
export function hostOf({ id }: Instance, all: readonly ContainerInstance[]): readonly ContainerInstance[] {
  const index = remembered(hostCache, all, () =>
    Map.groupBy(
      all.filter(({ status }) => status === 'ACTIVE'),
      ({ instance }) => instance ?? '',
    ),
  );
  return index.get(id) ?? [];
}

/**
 * The deployment groups that deploy to an instance, by its tags or its Auto Scaling group.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-tagging.html
 */
export function deployedBy(
  instance: Instance,
  { deploymentGroups }: RegionSnapshot,
): readonly DeploymentGroup[] {
  const group = instance.tags.find(({ key }) => key === 'aws:autoscaling:groupName')?.value;
  return (deploymentGroups ?? []).filter(
    ({ tags, autoScalingGroups }) =>
      (group !== undefined && autoScalingGroups.includes(group)) ||
      (tags.length > 0 && tags.every((list) => list.some((one) => fits(one, instance)))),
  );
}

function fits({ type, key, value }: TagFilter, { tags }: Instance): boolean {
  return tags.some(
    (tag) =>
      (type === 'VALUE_ONLY' || tag.key === key) && (type === 'KEY_ONLY' || tag.value === (value ?? '')),
  );
}
