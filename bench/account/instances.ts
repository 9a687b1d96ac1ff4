import type { Instance, ManagedInstance, Tags } from '../../lib/snapshot/snapshot.ts';
import type { Random } from '../random.ts';
import type { Company } from './company.ts';
import { type Fleet, sortTags } from './fleets.ts';
import { nextAddress } from './network.ts';

/** A person with a development instance of her own. */
export interface Owner {
  readonly name: string;
  readonly team: string;
}

const NONE: readonly string[] = [];
const PERSONAL = 0.03;

/**
 * This many instances, drawn from the fleets by weight, and some that belong to one person. They are in the order of
 * their ids, which grow, so that each region is in canonical order.
 */
export function launchInstances(
  company: Company,
  { fleets, owners }: { readonly fleets: readonly Fleet[]; readonly owners: readonly Owner[] },
  count: number,
  random: Random,
): ReadonlyMap<string, readonly Instance[]> {
  const byRegion = new Map(company.regions.map((region) => [region, [] as Instance[]]));
  const draw = drawByWeight(fleets);
  for (let i = 0; i < count; i++) {
    const fleet = draw(random);
    const personal = owners.length > 0 && random.chance(PERSONAL);
    const tags = personal ? personalTags(random.pick(owners)) : tagsIn(fleet, i);
    // equal steps, each with a random part: always ascending, never equal
    const high = Math.floor(((i + random.next() * 0.5) / count) * 2 ** 32);
    const id = `i-0${high.toString(16).padStart(8, '0')}${random.hex(8)}`;
    byRegion.get(fleet.vpc.region)?.push(launch({ id, account: company.accountId, tags }, fleet, random));
  }
  return byRegion;
}

function drawByWeight(fleets: readonly Fleet[]): (random: Random) => Fleet {
  let total = 0;
  const ends = fleets.map(({ weight }) => {
    total += weight;
    return total;
  });
  return (random) => {
    const at = random.next() * total;
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] as number) > at) high = middle;
      else low = middle + 1;
    }
    return fleets[low] as Fleet;
  };
}

const tagsIn = (fleet: Fleet, i: number): Tags =>
  fleet.named ? fleet.tags.map((tag) => (tag.key === 'Name' ? named(tag, i) : tag)) : fleet.tags;

const named = (tag: { readonly key: string; readonly value: string }, i: number) => ({
  key: tag.key,
  value: `${tag.value}-${i}`,
});

const personalTags = (owner: Owner): Tags =>
  sortTags([
    { key: 'Name', value: `dev-${owner.name}` },
    { key: 'env', value: 'dev' },
    { key: 'owner', value: owner.name },
    { key: 'team', value: owner.team },
  ]);

function launch(
  { id, account, tags }: { readonly id: string; readonly account: string; readonly tags: Tags },
  fleet: Fleet,
  random: Random,
): Instance {
  const { vpc, shared } = fleet;
  const { region } = vpc;
  return {
    id,
    arn: `arn:aws:ec2:${region}:${account}:instance/${id}`,
    region,
    tags,
    state: random.chance(0.06) ? 'stopped' : 'running',
    ...shared,
    subnetId: vpc.subnets[random.int(vpc.subnets.length)] ?? null,
    privateIps: [nextAddress(vpc)],
    publicIps: fleet.isPublic ? [`203.0.${random.int(256)}.${random.int(256)}`] : NONE,
    networkInterfaces: [`eni-0${random.hex(16)}`],
    volumes: shared.rootDeviceType === 'ebs' ? volumes(random) : [],
  };
}

function volumes(random: Random): Instance['volumes'] {
  const root = { id: `vol-0${random.hex(16)}`, root: true };
  if (random.chance(0.7)) return [root];
  const data = { id: `vol-0${random.hex(16)}`, root: false };
  return data.id < root.id ? [data, root] : [root, data];
}

/** Most running instances are registered with Systems Manager, and most of these are online. */
export function registered(instances: readonly Instance[], random: Random): readonly ManagedInstance[] {
  return instances
    .filter(({ state }) => random.chance(state === 'running' ? 0.9 : 0.3))
    .map(({ id, state, platform }) => ({
      id,
      pingStatus: state === 'running' && random.chance(0.97) ? 'Online' : 'ConnectionLost',
      platform: platform === 'windows' ? 'Windows' : 'Linux',
      agentVersion: random.chance(0.8) ? '3.3.2746.0' : '3.2.582.0',
      lastPing: '2026-08-23T09:58:12.000Z',
    }));
}
