import type {
  Association,
  AutoScalingGroup,
  ContainerInstance,
  ServiceLists,
  Stack,
  WindowTask,
} from '../../lib/snapshot/services.ts';
import type { Instance } from '../../lib/snapshot/snapshot.ts';
import { sortBy } from '../../lib/snapshot/sort-by.ts';
import type { Random } from '../random.ts';
import type { Company } from './company.ts';
import { deploymentsOf } from './deployments.ts';

/** The version of its template that a group uses: the newest, the default one, or a number. */
const VERSIONS = ['$Latest', '$Default', '$Default', '3', '7'] as const;
const HOSTS = 0.06;
const WITH_ROLE = 0.5;

const tagOf = ({ tags }: Instance, key: string): string | undefined =>
  tags.find((tag) => tag.key === key)?.value;

/** The services' data about the instances of a region, in canonical order. */
export function servicesOf(
  region: string,
  instances: readonly Instance[],
  { accountId, teams }: Company,
  random: Random,
): Partial<ServiceLists> {
  const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${accountId}:${rest}`;
  const members = Map.groupBy(instances, (one) => tagOf(one, 'aws:autoscaling:groupName') ?? '');
  members.delete('');
  const groups = [...members].map(([name, launched]) => groupOf(name, launched, arn, random.fork(name)));
  const hosts = [...members].filter(
    ([name, [first]]) => first?.platform === 'linux' && random.fork(`${name} host`).chance(HOSTS),
  );
  const clusters = hosts.map(([name]) => arn('ecs', `cluster/${name}`));
  const here = teams.filter((team) => team.regions.includes(region)).map(({ name }) => name);
  const stacks = new Set(instances.flatMap((one) => tagOf(one, 'aws:cloudformation:stack-id') ?? []));
  return {
    autoScalingGroups: sortBy(groups, (one) => one.arn),
    stacks: sortBy(
      [...stacks].map((id) => stackOf(id, accountId, random.fork(id))),
      (one) => one.arn,
    ),
    ecsClusters: sortBy(
      clusters.map((id) => ({ id })),
      ({ id }) => id,
    ),
    containerInstances: sortBy(
      hosts.flatMap(([name, launched]) => launched.map((one) => hostOf(name, one, arn))),
      (one) => one.arn,
    ),
    containerServices: sortBy(
      hosts.map(([name]) => ({
        cluster: arn('ecs', `cluster/${name}`),
        arn: arn('ecs', `service/${name}/web`),
      })),
      (one) => one.arn,
    ),
    ...automations(here, random.fork('automations')),
    ...deploymentsOf(instances, here, arn, random.fork('deployments')),
  };
}

type ArnOf = (service: string, rest: string) => string;

function groupOf(name: string, launched: readonly Instance[], arn: ArnOf, random: Random): AutoScalingGroup {
  const id = launched.map((one) => tagOf(one, 'aws:ec2launchtemplate:id')).find((one) => one !== undefined);
  return {
    name,
    arn: arn(
      'autoscaling',
      `autoScalingGroup:${random.hex(8)}-0000-4000-8000-000000000000:autoScalingGroupName/${name}`,
    ),
    templates: id === undefined ? [] : [{ id, name, version: random.pick(VERSIONS) }],
    launchConfiguration: id === undefined ? name : null,
    instances: launched.map((one) => one.id),
    serviceRole: null,
    suspended: random.chance(0.03) ? ['ReplaceUnhealthy'] : [],
    tags: [],
  };
}

function stackOf(id: string, accountId: string, random: Random): Stack {
  const name = id.split('/')[1] ?? '';
  const role = random.chance(WITH_ROLE) ? `arn:aws:iam::${accountId}:role/service-role/stacks` : null;
  return { arn: id, name, status: random.pick(['CREATE_COMPLETE', 'UPDATE_COMPLETE']), role };
}

const hostOf = (name: string, { id, state }: Instance, arn: ArnOf): ContainerInstance => ({
  cluster: arn('ecs', `cluster/${name}`),
  arn: arn('ecs', `container-instance/${name}/${id.slice(2)}`),
  instance: id,
  status: state === 'running' ? 'ACTIVE' : 'DRAINING',
});

/**
 * What Systems Manager runs by itself: an inventory of all instances, the account's own document for some teams, a
 * window for each of the others.
 */
function automations(
  teams: readonly string[],
  random: Random,
): Pick<
  ServiceLists,
  'associations' | 'associationDetails' | 'maintenanceWindows' | 'windowTargets' | 'windowTasks'
> {
  const some = teams.filter(() => random.chance(0.15));
  const nightly = teams.filter(() => random.chance(0.1));
  const uuid = (): string => `${random.hex(8)}-0000-4000-8000-${random.hex(12)}`;
  const own = some.map(
    (team): Association => ({
      ...{ id: uuid(), document: 'Restart-Service', schedule: 'rate(7 days)' },
      documentVersion: random.pick(['$LATEST', '$DEFAULT', '1']),
      targets: [{ key: 'tag:team', values: [team] }],
    }),
  );
  const inventory: Association = {
    ...{ id: uuid(), document: 'AWS-GatherSoftwareInventory', documentVersion: '$DEFAULT' },
    ...{ schedule: 'rate(30 minutes)', targets: [{ key: 'InstanceIds', values: ['*'] }] },
  };
  const windows = nightly.map((team) => ({ team, id: `mw-0${random.hex(16)}` }));
  const targets = windows.map(({ team, id }) => ({
    ...{ windowId: id, id: uuid(), resourceType: 'INSTANCE', targets: [{ key: 'tag:team', values: [team] }] },
  }));
  return {
    associations: sortBy([inventory, ...own], ({ id }) => id),
    associationDetails: sortBy(
      own.map(({ id }) => ({ id, parameters: [], onlyAtCronInterval: false })),
      ({ id }) => id,
    ),
    maintenanceWindows: sortBy(
      windows.map(({ team, id }) => ({ id, name: `${team}-nightly`, enabled: true })),
      ({ id }) => id,
    ),
    windowTargets: sortBy(targets, ({ windowId, id }) => `${windowId} ${id}`),
    windowTasks: sortBy(
      targets.map(
        (one): WindowTask => ({
          ...{ windowId: one.windowId, id: uuid(), type: 'RUN_COMMAND', serviceRole: null },
          task: random.chance(0.5) ? 'Restart-Service' : 'AWS-RunPatchBaseline',
          targets: [{ key: 'WindowTargetIds', values: [one.id] }],
        }),
      ),
      ({ windowId, id }) => `${windowId} ${id}`,
    ),
  };
}
