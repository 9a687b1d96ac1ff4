import type { TemplateUse } from '../../snapshot/services.ts';
import { GROUP, LAUNCH_TEMPLATE, tagOf, unlistedGroup } from './attached.ts';
import { groupOf, templateId } from './groups-of-instances.ts';
import { ID, inRegion, makeable, SSM_DOCUMENT, UUID } from './new-resources.ts';
import { isOfGroup, runOn } from './run-targets.ts';
import type { Place, Target } from './target.ts';

const GROUPS = 'autoscaling describe-auto-scaling-groups';

function group(place: Place): readonly Target[] {
  const { instance, region } = place;
  const arnOf = (name: string): string =>
    inRegion(place, 'autoscaling', `autoScalingGroup:${UUID}:autoScalingGroupName/${name}`);
  const unlisted = unlistedGroup(instance, region);
  if (unlisted !== null) return [{ arn: arnOf(unlisted), tags: null, missing: GROUPS }];
  const own = groupOf(instance, tagOf(instance, GROUP), region);
  return own ? [{ arn: own.arn, tags: own.tags }] : [];
}

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html */
const templates =
  (isMeant: (use: TemplateUse) => boolean) =>
  (place: Place): readonly Target[] => {
    const { instance, region, account } = place;
    const arnOf = (id: string): string => inRegion(place, 'ec2', `launch-template/${id}`);
    const tagged = tagOf(instance, LAUNCH_TEMPLATE) ?? `lt-${ID}`;
    if (unlistedGroup(instance, region) !== null)
      return [{ arn: arnOf(tagged), tags: null, missing: GROUPS }];
    const uses = groupOf(instance, tagOf(instance, GROUP), region)?.templates.filter(isMeant) ?? [];
    return uses.map((use) => {
      const id = templateId(use, account.snapshot, instance.region);
      return id === null
        ? { arn: arnOf(tagged), tags: null, missing: 'ec2 describe-launch-templates' }
        : { arn: arnOf(id), tags: null };
    });
  };

const runs =
  (version: 'latest' | 'default') =>
  (place: Place): readonly Target[] => {
    const all = place.region && runOn(place.instance, place.region);
    if (!all)
      return makeable(place, SSM_DOCUMENT).map((target) => ({
        ...target,
        missing: 'ssm list-associations, ssm describe-maintenance-window-tasks',
      }));
    const own = place.region?.documents;
    const meant = all.filter(({ follows }) => follows === version);
    const sure = new Set(meant.filter((one) => !isOfGroup(one)).map(({ document }) => document));
    return [...new Set(meant.map(({ document }) => document))].map((name) => ({
      arn: inRegion(place, 'ssm', `document/${name}`),
      tags: own?.find((one) => one.name === name)?.tags ?? null,
      ...(sure.has(name) ? {} : { missing: 'resource-groups list-group-resources' }),
    }));
  };

/** Of a list of the region, or what stands for it where nobody has listed it. */
function listed<T>(
  place: Place,
  list: readonly T[] | null | undefined,
  call: string,
  resource: (item: T | null) => string,
): readonly Target[] {
  if (list) return list.map((item) => ({ arn: inRegion(place, 'ssm', resource(item)), tags: null }));
  return [{ arn: inRegion(place, 'ssm', resource(null)), tags: null, missing: call }];
}

/** What groups, associations and maintenance windows have of an instance, and those that may be changed to have it. */
export const AUTOMATION_TARGETS = {
  'autoscaling-group': group,
  'group-template': templates(() => true),
  'latest-template': templates(({ version }) => version === '$Latest'),
  'default-template': templates(({ version }) => version === '$Default'),
  'latest-documents': runs('latest'),
  'default-documents': runs('default'),
  associations: (place) =>
    listed(
      place,
      place.region?.associations,
      'ssm list-associations',
      (one) => `association/${one?.id ?? UUID}`,
    ),
  windows: (place) =>
    listed(
      place,
      place.region?.maintenanceWindows,
      'ssm describe-maintenance-windows',
      (one) => `maintenancewindow/${one?.id ?? `mw-${ID}`}`,
    ),
  'window-tasks': (place) =>
    listed(
      place,
      place.region?.windowTasks?.filter(({ type }) => type === 'RUN_COMMAND'),
      'ssm describe-maintenance-window-tasks',
      (one) => `windowtask/${one?.id ?? UUID}`,
    ),
} as const satisfies Readonly<Record<string, (place: Place) => readonly Target[]>>;
