import { remembered } from '../../memory/remembered.ts';
import { tagOf } from '../../snapshot/instance-tags.ts';
import type { ConditionKeys } from '../../snapshot/services.ts';
import { NEW_NAME, UUID } from '../paths/placeholder-ids.ts';
import { clusterOf } from './attached.ts';
import { deployedBy, hostOf } from './deployments.ts';

import { inRegion, made, makeable, unlistedTargets } from './new-resources.ts';
import type { Place, Target } from './target.ts';
import { isWhole } from './whole-lists.ts';

const HOSTS = 'ecs describe-container-instances';
const SERVICES = 'ecs list-services';
const DEPLOYMENTS = 'codedeploy batch-get-deployment-groups';

const contextCache = new Map<string, ConditionKeys>();

/** Always the same object, since it is a cache key. */
const hostContext = (cluster: string, host: string): ConditionKeys =>
  remembered(contextCache, `${cluster} ${host}`, () => ({
    'ecs:cluster': cluster,
    'ecs:container-instances': host,
  }));

const definitionCache = new WeakMap<readonly Target[], readonly Target[]>();

const withRevision = ({ arn, tags }: Target): Target => ({
  arn: /:\d+$/.test(arn) ? arn : `${arn}:1`,
  tags,
});

/** A task definition of the caller, for the host. */
function hostTasks(place: Place): readonly Target[] {
  const { region, instance, account } = place;
  const makeables = makeable(place, { service: 'ecs', type: 'task-definition/' });
  const definitions = remembered(definitionCache, makeables, () => makeables.map(withRevision));
  const hosts = hostOf(instance, region, account.snapshot);
  if (!hosts) return definitions.map((target) => ({ ...target, missing: HOSTS }));
  return hosts.flatMap(({ cluster, arn }) =>
    definitions.map((target) => ({ ...target, context: hostContext(cluster, arn) })),
  );
}

const SERVICE = { service: 'ecs', type: 'service/' };

/** A service of the caller in the cluster of the host. */
function hostServices(place: Place): readonly Target[] {
  const { region, instance, account } = place;
  const service = (cluster: string): string => inRegion(place, 'ecs', `service/${cluster}/${NEW_NAME}`);
  const hosts = hostOf(instance, region, account.snapshot);
  if (!hosts) return unlistedTargets(place, SERVICE, `${NEW_NAME}/${NEW_NAME}`, HOSTS);
  return hosts.map(({ cluster, arn }) => ({
    arn: service(cluster.slice(cluster.lastIndexOf('/') + 1)),
    tags: null,
    context: hostContext(cluster, arn),
  }));
}

/** Services in the cluster of the host, which may be configured to run the caller's task. */
function clusterServices(place: Place): readonly Target[] {
  const { region, instance, account } = place;
  const hosts = hostOf(instance, region, account.snapshot);
  if (!hosts) return unlistedTargets(place, SERVICE, `${NEW_NAME}/${NEW_NAME}`, HOSTS);
  const services = region?.containerServices;
  return hosts.flatMap(({ cluster, arn: host }) => {
    const own = (services ?? []).filter((one) => one.cluster === cluster);
    const isRead = services && isWhole(account.snapshot, region.region, 'containerServices');
    const context = hostContext(cluster, host);
    if (own.length === 0 && !isRead)
      return unlistedTargets(
        place,
        SERVICE,
        `${cluster.slice(cluster.lastIndexOf('/') + 1)}/${NEW_NAME}`,
        SERVICES,
      ).map((target) => ({ ...target, context }));
    return own.map(({ arn }) => ({ arn, tags: null, context }));
  });
}

/**
 * Batch creates a cluster for each compute environment, and names it.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/BatchServiceRolePolicy.html
 * https://docs.aws.amazon.com/cli/latest/reference/batch/describe-compute-environments.html
 */
const CLUSTER_OF_BATCH = /:cluster\/(AWSBatch|.*_Batch_)/;
const QUEUE = { service: 'batch', type: 'job-queue/' };

/** Queues are not read: any of the region may use the host's compute environment. */
function jobQueues(place: Place): readonly Target[] {
  const { region, instance, account } = place;
  const hosts = hostOf(instance, region, account.snapshot);
  if (!hosts) return unlistedTargets(place, QUEUE, NEW_NAME, HOSTS);
  return hosts.some(({ cluster }) => CLUSTER_OF_BATCH.test(cluster)) ? makeable(place, QUEUE) : [];
}

const DEPLOYMENT_GROUP = { service: 'codedeploy', type: 'deploymentgroup:' };
const APPLICATION = { service: 'codedeploy', type: 'application:' };

const deployments =
  (shape: typeof APPLICATION, nameOf: (application: string, name: string) => string) =>
  (place: Place): readonly Target[] => {
    const { region, instance, account } = place;
    const groups = deployedBy(instance, region, account.snapshot);
    if (!groups) return unlistedTargets(place, shape, nameOf(NEW_NAME, NEW_NAME), DEPLOYMENTS);
    return groups.map(({ application, name }) => ({
      arn: inRegion(place, shape.service, `${shape.type}${nameOf(application, name)}`),
      tags: null,
    }));
  };

function allDeploymentGroups(place: Place): readonly Target[] {
  const groups = place.region?.deploymentGroups;
  const arn = (application: string, name: string): string =>
    inRegion(place, 'codedeploy', `deploymentgroup:${application}/${name}`);
  if (!groups) return unlistedTargets(place, DEPLOYMENT_GROUP, `${NEW_NAME}/${NEW_NAME}`, DEPLOYMENTS);
  return groups.map(({ application, name }) => ({ arn: arn(application, name), tags: null }));
}

/** The cluster of a node, if it authenticates in one of the meant ways; `null`: how is not known. */
const clusters =
  (isMeant: (mode: string | null) => boolean) =>
  (place: Place): readonly Target[] => {
    const name = clusterOf(place.instance);
    if (name === null) return [];
    const known = place.region?.kubernetesClusters?.find((one) => one.name === name);
    if (!isMeant(known?.authenticationMode ?? null)) return [];
    return [{ arn: inRegion(place, 'eks', `cluster/${name}`), tags: null }];
  };

function stackWithRole({ instance, region }: Place): readonly Target[] {
  const arn = tagOf(instance, 'aws:cloudformation:stack-id');
  if (arn === null || !region?.stacks?.some((stack) => stack.arn === arn && stack.role !== null)) return [];
  return [{ arn, tags: null }];
}

/** Stacks, clusters and deployments of an instance. */
export const DEPLOYMENT_TARGETS = {
  'stack-with-role': stackWithRole,
  'host-tasks': hostTasks,
  'host-services': hostServices,
  'cluster-services': clusterServices,
  'job-queues': jobQueues,
  'new-job-definitions': (place) => makeable(place, { service: 'batch', type: 'job-definition/' }),
  'new-job': (place) => made(place, 'batch', `job/${UUID}`),
  'deployment-groups': deployments(DEPLOYMENT_GROUP, (application, name) => `${application}/${name}`),
  'deployed-applications': deployments(APPLICATION, (application) => application),
  'all-deployment-groups': allDeploymentGroups,
  'deployment-config': (place) => [
    { arn: inRegion(place, 'codedeploy', 'deploymentconfig:CodeDeployDefault.OneAtATime'), tags: null },
  ],
  'entry-cluster': clusters((mode) => mode !== null && mode !== 'CONFIG_MAP'),
  'map-cluster': clusters((mode) => mode === 'CONFIG_MAP'),
  'eks-cluster': clusters((mode) => mode === null),
} as const satisfies Readonly<Record<string, (place: Place) => readonly Target[]>>;
