import type { Instance, Tags } from '../../lib/snapshot/snapshot.ts';
import { sortBy } from '../../lib/snapshot/sort-by.ts';
import type { Random } from '../random.ts';
import { ACCOUNT, type App, type Company } from './company.ts';
import { appGroup, type Vpc } from './network.ts';

/** The common properties of an application's instances in one environment and region. */
export interface Fleet {
  readonly app: App;
  readonly env: string;
  readonly vpc: Vpc;
  readonly tags: Tags;
  /** each instance has its own name, like those that no auto scaling group launched */
  readonly named: boolean;
  readonly isPublic: boolean;
  /** the number of its instances, relative to other fleets */
  readonly weight: number;
  readonly shared: Pick<
    Instance,
    | 'platform'
    | 'imageId'
    | 'vpcId'
    | 'securityGroups'
    | 'rootDeviceType'
    | 'instanceProfile'
    | 'keyName'
    | 'metadata'
  >;
}

const ENVIRONMENTS = ['dev', 'test', 'staging', 'prod'] as const;
const METADATA: readonly Instance['metadata'][] = [
  { httpTokens: 'required', httpEndpoint: 'enabled', hopLimit: 2 },
  { httpTokens: 'required', httpEndpoint: 'enabled', hopLimit: 1 },
  { httpTokens: 'optional', httpEndpoint: 'enabled', hopLimit: 1 },
];

/**
 * Every application in some environments and regions. `profiles` are ARNs of instance profiles, empty in a small
 * account.
 */
export function foundFleets(
  company: Company,
  vpcs: readonly Vpc[],
  profiles: readonly string[],
  random: Random,
): readonly Fleet[] {
  const fleets: Fleet[] = [];
  for (const [a, app] of company.apps.entries()) {
    const profile = profiles[a % profiles.length] ?? null;
    for (const region of app.team.regions) {
      const here = vpcs.filter((vpc) => vpc.region === region);
      fleets.push(...fleetsIn(here, app, profile, random));
    }
  }
  return fleets;
}

/** The fleets of an application in one region. */
function* fleetsIn(here: readonly Vpc[], app: App, profile: string | null, random: Random): Generator<Fleet> {
  for (const env of ENVIRONMENTS) {
    if (env === 'dev' || random.chance(0.7))
      yield foundFleet(app, env, { vpc: random.pick(here), profile }, random);
  }
}

function foundFleet(
  app: App,
  env: string,
  { vpc, profile }: { readonly vpc: Vpc; readonly profile: string | null },
  random: Random,
): Fleet {
  const windows = random.chance(0.12);
  const isPublic = random.chance(0.08);
  const named = random.chance(0.3);
  const groups = [vpc.baseline, appGroup(vpc, app, random)];
  if (random.chance(0.4)) groups.push(vpc.sshFromBastion);
  if (random.chance(0.02)) groups.push(vpc.sshFromAnywhere);
  if (isPublic) groups.push(vpc.web);
  return {
    ...{ app, env, vpc, named, isPublic },
    tags: sortTags([
      ...fleetTags(app, env, named, random),
      ...serviceTags({ app, env, named, vpc }, random.fork(`${app.name} ${env} ${vpc.region}`)),
    ]),
    weight: 0.1 + random.next() * random.next() * (env === 'prod' ? 8 : 2),
    shared: {
      platform: windows ? 'windows' : 'linux',
      imageId: windows ? 'ami-0a1b2c3d4e5f60718' : 'ami-05d4c3b2a19f8e760',
      vpcId: vpc.id,
      securityGroups: groups.sort(),
      rootDeviceType: random.chance(0.02) ? 'instance-store' : 'ebs',
      instanceProfile: random.chance(0.92) ? profile : null,
      keyName: random.chance(0.35) ? `ops-${vpc.region}` : null,
      metadata: random.pick(METADATA),
    },
  };
}

/**
 * Tags as in real accounts: some fleets without any, some keys in another case, some in both cases, some up to the
 * limit of 50.
 */
function fleetTags(app: App, env: string, named: boolean, random: Random): Tags {
  const name = `${app.name}-${env}`;
  if (random.chance(0.03)) return [{ key: 'Name', value: name }];
  const tags = new Map([
    ['Name', name],
    ['app', app.name],
    ['cost-center', app.team.costCenter],
    ['env', env],
    ['managed-by', random.chance(0.5) ? 'pipeline' : 'terraform'],
    [random.chance(0.02) ? 'Team' : 'team', app.team.name],
  ]);
  if (!named) tags.set('aws:autoscaling:groupName', `${name}-asg`);
  if (random.chance(0.4)) tags.set('backup', random.pick(['daily', 'weekly', 'none']));
  if (random.chance(0.3)) tags.set('patch-group', `${env}-${random.int(4)}`);
  if (random.chance(0.01)) tags.set('Team', 'formerly-another');
  if (random.chance(0.007)) fill(tags);
  return sortTags([...tags].map(([key, value]) => ({ key, value })));
}

/** The tags that AWS adds to instances launched by a group or a stack, in addition to the 50 that people may set. */
function serviceTags(
  { app, env, named, vpc: { region } }: Pick<Fleet, 'app' | 'env' | 'named' | 'vpc'>,
  random: Random,
): Tags {
  const name = `${app.name}-${env}`;
  const tags: { key: string; value: string }[] = [];
  if (!named && random.chance(0.85))
    tags.push({ key: 'aws:ec2launchtemplate:id', value: `lt-0${random.hex(16)}` });
  if (random.chance(0.3))
    tags.push({
      key: 'aws:cloudformation:stack-id',
      value: `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/${name}/${random.hex(8)}-0000-4000-8000-000000000000`,
    });
  if (random.chance(0.04)) tags.push({ key: 'eks:cluster-name', value: `${app.team.name}-${env}` });
  return tags;
}

const MOST_TAGS = 50;

function fill(tags: Map<string, string>): void {
  for (let i = 0; tags.size < MOST_TAGS; i++) tags.set(`inventory:field-${i}`, `value ${i % 7}`);
}

/** By key in code-unit order; keys are unique. */
export function sortTags(tags: Tags): Tags {
  return sortBy(tags, ({ key }) => key);
}
