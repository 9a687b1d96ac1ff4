import { remembered } from '../memory/remembered.ts';
import { quoted } from '../policy/quoted.ts';
import { GROUP_TAG, LAUNCH_TEMPLATE_TAG, tagOf } from '../snapshot/instance-tags.ts';
import type { Instance, RegionSnapshot, Snapshot } from '../snapshot/snapshot.ts';
import type { Facts } from './facts.ts';
import type { FindingCause } from './finding.ts';

/** Instances that were launched from one place: their settings are changed there. */
export interface Fleet {
  readonly cause: FindingCause;
  /** `auto scaling group `web-asg``, `instances of no group in us-east-1` */
  readonly name: string;
  readonly region: string;
  readonly instances: readonly Instance[];
}

/** The instances by launch template, else by auto scaling group, else by region. */
export function fleetsOf({ snapshot }: Pick<Facts, 'snapshot'>): readonly Fleet[] {
  return remembered(known, snapshot, () => snapshot.regions.flatMap((region) => fleetsIn(snapshot, region)));
}

const known = new WeakMap<Snapshot, readonly Fleet[]>();

/** The place from which an instance was launched, as a cause of findings. */
export function fleetCauseOf({ partition, accountId }: Snapshot, instance: Instance): FindingCause {
  const { kind, id } = launcherOf(instance);
  const service = kind === 'auto-scaling-group' ? 'autoscaling' : 'ec2';
  const resource = `arn:${partition}:${service}:${instance.region}:${accountId}:${RESOURCES[kind]}${id}`;
  return { kind, resource, statements: [] };
}

function fleetsIn(snapshot: Snapshot, { region, instances }: RegionSnapshot): readonly Fleet[] {
  const fleets = new Map<string, Fleet & { instances: Instance[] }>();
  for (const one of instances ?? []) {
    const { kind, id } = launcherOf(one);
    const key = `${kind} ${id}`;
    const fleet = remembered(fleets, key, () => {
      return {
        cause: fleetCauseOf(snapshot, one),
        name: nameOf(kind, id, region),
        region,
        instances: [] as Instance[],
      };
    });
    fleet.instances.push(one);
  }
  return [...fleets.values()];
}

type Launcher = 'launch-template' | 'auto-scaling-group' | 'region';

const RESOURCES: Readonly<Record<Launcher, string>> = {
  'launch-template': 'launch-template/',
  'auto-scaling-group': 'autoScalingGroup:*:autoScalingGroupName/',
  region: 'instance/',
};

/** By the tags that AWS itself sets on what it launches. */
function launcherOf(instance: Instance): { readonly kind: Launcher; readonly id: string } {
  const template = tagOf(instance, LAUNCH_TEMPLATE_TAG);
  if (template) return { kind: 'launch-template', id: template };
  const group = tagOf(instance, GROUP_TAG);
  return group ? { kind: 'auto-scaling-group', id: group } : { kind: 'region', id: '*' };
}

function nameOf(kind: Launcher, id: string, region: string): string {
  if (kind === 'launch-template') return `launch template ${quoted(id)} in ${region}`;
  return kind === 'region'
    ? `instances of no group or template in ${region}`
    : `auto scaling group ${quoted(id)} in ${region}`;
}
