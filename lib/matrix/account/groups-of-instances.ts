import { remembered } from '../../memory/remembered.ts';
import type { AutoScalingGroup, TemplateUse } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot, Snapshot } from '../../snapshot/snapshot.ts';
import { fieldOf, keptItems } from './kept-items.ts';

const groupCache = new WeakMap<RegionSnapshot, ReadonlyMap<string, AutoScalingGroup>>();

/** The Auto Scaling group of an instance, by its own list or by the tag that names it. */
export function groupOf(
  { id }: Instance,
  tag: string | null,
  region: RegionSnapshot | undefined,
): AutoScalingGroup | null {
  const groups = region?.autoScalingGroups;
  if (!region || !groups) return null;
  const index = remembered(
    groupCache,
    region,
    () =>
      new Map([
        ...groups.map((group) => [`name ${group.name}`, group] as const),
        ...groups.flatMap((group) => group.instances.map((one) => [one, group] as const)),
      ]),
  );
  return index.get(id) ?? index.get(`name ${tag}`) ?? null;
}

/** The id of a group's template; null: the list of templates by name was not collected. */
export function templateId({ id, name }: TemplateUse, snapshot: Snapshot, region: string): string | null {
  if (id !== null) return id;
  const items = keptItems(snapshot, 'ec2.describe-launch-templates', region, 'LaunchTemplates');
  const found = items?.find((item) => fieldOf(item, 'LaunchTemplateName') === name);
  return found ? fieldOf(found, 'LaunchTemplateId') : null;
}
