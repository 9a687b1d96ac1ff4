import { GROUP_TAG, LAUNCH_TEMPLATE_TAG, tagOf } from '../../snapshot/instance-tags.ts';
import type { TemplateUse } from '../../snapshot/services.ts';
import { NEW_ID, UUID } from '../paths/placeholder-ids.ts';
import { unlistedGroup } from './attached.ts';
import { groupOf, templateId } from './groups-of-instances.ts';
import { inRegion, makeable, SSM_DOCUMENT, unlistedTargets } from './new-resources.ts';
import { isOfGroup, runOn } from './run-targets.ts';
import type { Place, Target } from './target.ts';

const GROUPS = 'autoscaling describe-auto-scaling-groups';

/** The group that the tag names, with any id. */
function unlistedGroupTargets(place: Place, name: string): readonly Target[] {
  const shape = { service: 'autoscaling', type: 'autoScalingGroup:' };
  const end = `autoScalingGroupName/${name}`;
  return unlistedTargets(place, shape, `${UUID}:${end}`, GROUPS).filter(({ arn }) => arn.endsWith(`:${end}`));
}

function group(place: Place): readonly Target[] {
  const { instance, region } = place;
  const tagged = unlistedGroup(instance, region);
  if (tagged !== null) return unlistedGroupTargets(place, tagged);
  const own = groupOf(instance, tagOf(instance, GROUP_TAG), region);
  return own ? [{ arn: own.arn, tags: own.tags }] : [];
}

const TEMPLATE = { service: 'ec2', type: 'launch-template/' };

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html */
const templates =
  (isMeant: (use: TemplateUse) => boolean) =>
  (place: Place): readonly Target[] => {
    const { instance, region, account } = place;
    const arnOf = (id: string): string => inRegion(place, 'ec2', `launch-template/${id}`);
    const tagged = tagOf(instance, LAUNCH_TEMPLATE_TAG);
    // usually the one from which the instance was launched
    const unsure = (missing: string): readonly Target[] =>
      tagged === null
        ? unlistedTargets(place, TEMPLATE, `lt-${NEW_ID}`, missing)
        : [{ arn: arnOf(tagged), tags: null, missing }];
    if (unlistedGroup(instance, region) !== null) return unsure(GROUPS);
    const uses = groupOf(instance, tagOf(instance, GROUP_TAG), region)?.templates.filter(isMeant) ?? [];
    return uses.flatMap((use) => {
      const id = templateId(use, account.snapshot, instance.region);
      return id === null ? unsure('ec2 describe-launch-templates') : [{ arn: arnOf(id), tags: null }];
    });
  };

const runs =
  (version: 'latest' | 'default') =>
  (place: Place): readonly Target[] => {
    const all = place.region && runOn(place.instance, place.region, place.account.snapshot);
    if (!all)
      return makeable(place, SSM_DOCUMENT).map((target) => ({
        ...target,
        missing:
          'ssm list-associations, ssm describe-maintenance-window-targets, ssm describe-maintenance-window-tasks, events list-targets-by-rule',
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

/** From a list of the region, or its placeholder if the list was not collected. */
function listed<T extends { readonly id: string }>(
  place: Place,
  list: readonly T[] | null | undefined,
  { type, madeUp, call }: { readonly type: string; readonly madeUp: string; readonly call: string },
): readonly Target[] {
  if (!list) return unlistedTargets(place, { service: 'ssm', type }, madeUp, call);
  return list.map(({ id }) => ({ arn: inRegion(place, 'ssm', `${type}${id}`), tags: null }));
}

/**
 * Groups, associations and maintenance windows of an instance, and those that may be changed to include it.
 */
export const AUTOMATION_TARGETS = {
  'autoscaling-group': group,
  'group-template': templates(() => true),
  'latest-template': templates(({ version }) => version === '$Latest'),
  'default-template': templates(({ version }) => version === '$Default'),
  'latest-documents': runs('latest'),
  'default-documents': runs('default'),
  associations: (place) =>
    listed(place, place.region?.associations, {
      type: 'association/',
      madeUp: UUID,
      call: 'ssm list-associations',
    }),
  windows: (place) =>
    listed(place, place.region?.maintenanceWindows, {
      type: 'maintenancewindow/',
      madeUp: `mw-${NEW_ID}`,
      call: 'ssm describe-maintenance-windows',
    }),
  'window-tasks': (place) =>
    listed(
      place,
      place.region?.windowTasks?.filter(({ type }) => type === 'RUN_COMMAND'),
      { type: 'windowtask/', madeUp: UUID, call: 'ssm describe-maintenance-window-tasks' },
    ),
} as const satisfies Readonly<Record<string, (place: Place) => readonly Target[]>>;
