import { remembered } from '../../memory/remembered.ts';
import { GROUP_TAG, LAUNCH_TEMPLATE_TAG, tagOf } from '../../snapshot/instance-tags.ts';
import type { Instance, RegionSnapshot, Snapshot } from '../../snapshot/snapshot.ts';
import { narrowExclusions } from '../paths/public-access.ts';
import type { Account } from './account.ts';
import { backupsOf } from './backups.ts';
import { deployedBy, hostOf } from './deployments.ts';
import { imagesOf, snapshotsOf } from './disk-copies.ts';
import { groupOf } from './groups-of-instances.ts';
import { pipelinesTo } from './pipelines.ts';
import { isOfGroup, runOn } from './run-targets.ts';

/**
 * By name in `observes`: the facts of an instance that decide which resources of a service it has. Equal texts in a
 * region mean equal resources. Empty: it has none.
 */
export const ATTACHED: Readonly<
  Record<string, (instance: Instance, region: RegionSnapshot | undefined, snapshot: Snapshot) => string>
> = {
  'instance-profile': ({ instanceProfile }) => instanceProfile ?? '',
  image: ({ imageId }) => imageId ?? '',
  subnet: ({ subnetId }) => subnetId ?? '',
  vpc: ({ vpcId }) => vpcId ?? '',
  'access-exclusions': (instance, region) =>
    narrowExclusions(instance, region)
      .map(({ id }) => id)
      .join(),
  'autoscaling-group': (instance, region) =>
    groupOf(instance, tagOf(instance, GROUP_TAG), region)?.arn ?? unlistedGroup(instance, region) ?? '',
  'run-documents': (instance, region, snapshot) => {
    const all = region && runOn(instance, region, snapshot);
    return all ? all.map((one) => `${one.document} ${one.follows} ${isOfGroup(one)}`).join() : '?';
  },
  'launch-template': (instance) => tagOf(instance, LAUNCH_TEMPLATE_TAG) ?? '',
  stack: (instance) => tagOf(instance, 'aws:cloudformation:stack-id') ?? '',
  'container-host': (instance, region, snapshot) =>
    hostOf(instance, region, snapshot)
      ?.map(({ arn }) => arn)
      .join() ?? '?',
  'deployment-groups': (instance, region, snapshot) =>
    deployedBy(instance, region, snapshot)
      ?.map(({ application, name }) => `${application}/${name}`)
      .join() ?? '?',
  'emr-cluster': (instance) => primaryOf(instance) ?? '',
  'beanstalk-environment': (instance) => tagOf(instance, 'elasticbeanstalk:environment-name') ?? '',
  'eks-cluster': (instance) => clusterOf(instance) ?? '',
  'prefix-lists': (instance, region) => prefixListsOf(instance, region).join(),
  pipelines: (instance, region, snapshot) => pipelinesTo(instance, region, snapshot)?.join() ?? '?',
  'backup-images': backupsOf('image'),
  'backup-snapshots': backupsOf('snapshot'),
  'backup-points': backupsOf('recovery-point'),
  snapshots: (instance, _, snapshot) =>
    snapshotsOf(instance, snapshot)
      ?.map(({ id }) => id)
      .join() ?? '?',
  images: (instance, _, snapshot) => imagesOf(instance, snapshot)?.join() ?? '?',
};

/**
 * Facts whose resources carry the instance itself in a condition key: the part of the fact that matters if no
 * condition reads that key.
 */
const BESIDE_KEY: Readonly<Record<string, { readonly key: string; readonly of: (typeof ATTACHED)[string] }>> =
  {
    'container-host': {
      key: 'ecs:container-instances',
      of: (instance, region, snapshot) =>
        hostOf(instance, region, snapshot)
          ?.map(({ cluster }) => cluster)
          .join() ?? '?',
    },
  };

/** True if the resources of a fact carry the instance itself in a condition key. */
export const namesItself = (fact: string): boolean => fact in BESIDE_KEY;

/** The text of a fact, without the part that matters only to an unused key. */
export function attachedTo(
  fact: string,
  instance: Instance,
  { regions, snapshot }: Pick<Account, 'regions' | 'snapshot'>,
  isAsked: (key: string) => boolean,
): string {
  const beside = BESIDE_KEY[fact];
  const read = beside && !isAsked(beside.key) ? beside.of : ATTACHED[fact];
  return read?.(instance, regions.get(instance.region), snapshot) ?? '';
}

/** If the groups were not collected: the name of the group in the instance's tag. */
export function unlistedGroup(instance: Instance, region: RegionSnapshot | undefined): string | null {
  return region?.autoScalingGroups ? null : tagOf(instance, GROUP_TAG);
}

/**
 * The EMR cluster whose primary node it is, where steps run.
 * https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-tags.html
 */
export function primaryOf(instance: Instance): string | null {
  const role = tagOf(instance, 'aws:elasticmapreduce:instance-group-role');
  return role === null || role === 'MASTER' ? tagOf(instance, 'aws:elasticmapreduce:job-flow-id') : null;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html */
export function clusterOf(instance: Instance): string | null {
  const named = tagOf(instance, 'eks:cluster-name') ?? tagOf(instance, 'aws:eks:cluster-name');
  if (named !== null) return named;
  const owned = instance.tags.find(({ key }) => key.startsWith('kubernetes.io/cluster/'));
  return owned ? owned.key.slice('kubernetes.io/cluster/'.length) : null;
}

/** The prefix lists in rules of its security groups. */
export function prefixListsOf(instance: Instance, region: RegionSnapshot | undefined): readonly string[] {
  const lists = instance.securityGroups.flatMap((id) => listsOf(region).get(id) ?? []);
  return [...new Set(lists)].sort();
}

const listCache = new WeakMap<RegionSnapshot, ReadonlyMap<string, readonly string[]>>();
const NO_LISTS: ReadonlyMap<string, readonly string[]> = new Map();

function listsOf(region: RegionSnapshot | undefined): ReadonlyMap<string, readonly string[]> {
  if (!region?.securityGroups) return NO_LISTS;
  const { securityGroups } = region;
  return remembered(
    listCache,
    region,
    () => new Map(securityGroups.map(({ id, ingress }) => [id, ingress.flatMap((rule) => rule.prefixLists)])),
  );
}
