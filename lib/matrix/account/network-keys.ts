import { remembered } from '../../memory/remembered.ts';
import type { ConditionKeys } from '../../snapshot/services.ts';
import type { RegionSnapshot } from '../../snapshot/snapshot.ts';
import type { Account } from './account.ts';
import { decidingPolicies } from './gating-tags.ts';
import type { Place } from './target.ts';

/**
 * Condition keys of security groups, network interfaces, subnets and VPCs.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-resources-for-iam-policies
 */
export function keysOfGroup(place: Place, id: string): ConditionKeys {
  const vpc = vpcOfGroup(place.region, id);
  return said(place, { 'ec2:SecurityGroupID': id, ...within(place, 'ec2:Vpc', 'vpc', vpc) });
}

/**
 * All interfaces are in the zone of the instance; whether they are in its subnet and VPC is known only if there is one.
 */
export function keysOfInterface(place: Place, id: string): ConditionKeys {
  const { subnetId, vpcId, networkInterfaces, keys } = place.instance;
  const zone = keys?.['ec2:AvailabilityZone'];
  const isOnly = networkInterfaces.length === 1;
  return said(place, {
    'ec2:NetworkInterfaceID': id,
    ...(typeof zone === 'string' && { 'ec2:AvailabilityZone': zone }),
    ...within(place, 'ec2:Vpc', 'vpc', isOnly ? vpcId : null),
    ...within(place, 'ec2:Subnet', 'subnet', isOnly ? subnetId : null),
  });
}

const groupCache = new WeakMap<RegionSnapshot, ReadonlyMap<string, string | null>>();

function vpcOfGroup(region: RegionSnapshot | undefined, id: string): string | null {
  if (!region?.securityGroups) return null;
  const { securityGroups } = region;
  const vpcs = remembered(
    groupCache,
    region,
    () => new Map(securityGroups.map((group) => [group.id, group.vpcId])),
  );
  return vpcs.get(id) ?? null;
}

export function keysOfSubnet(place: Place): ConditionKeys {
  const { subnetId, vpcId } = place.instance;
  return said(place, {
    ...(subnetId !== null && { 'ec2:SubnetID': subnetId }),
    ...within(place, 'ec2:Vpc', 'vpc', vpcId),
  });
}

export function keysOfVpc(place: Place): ConditionKeys {
  const { vpcId } = place.instance;
  return said(place, vpcId === null ? {} : { 'ec2:VpcID': vpcId });
}

const cache = new WeakMap<Account, Map<string, ConditionKeys>>();

/** Equal keys are the same object, since it is a cache key. */
function said({ account }: Place, keys: ConditionKeys): ConditionKeys {
  const known = remembered(cache, account, () => new Map<string, ConditionKeys>());
  return remembered(known, JSON.stringify(keys), () => keys);
}

/**
 * The ARN of a VPC or subnet. A shared one has the account of its owner, which no call here returns: if a policy names
 * it with another account, it is not known.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
 */
function within({ account, instance }: Place, key: string, type: string, id: string | null): ConditionKeys {
  if (id === null || sharedIn(account).has(`${type}/${id}`)) return {};
  const { partition, accountId } = account.snapshot;
  return { [key]: `arn:${partition}:ec2:${instance.region}:${accountId}:${type}/${id}` };
}

const sharedCache = new WeakMap<Account, ReadonlySet<string>>();

/** VPCs and subnets that a condition of a policy names in another account. */
function sharedIn(account: Account): ReadonlySet<string> {
  return remembered(sharedCache, account, () => {
    const own = account.snapshot.accountId;
    const clauses = [...decidingPolicies(account)].flatMap(({ statements }) =>
      statements.flatMap((statement) => statement.clauses),
    );
    const texts = clauses
      .filter(({ key }) => /^ec2:(vpc|subnet)$/i.test(key))
      .flatMap(({ values }) => values.map(({ text }) => text));
    const named = texts.flatMap((text) => {
      const [, owner, place] = /:([^:]*):((?:vpc|subnet)\/[^:*?]+)$/.exec(text) ?? [];
      return place === undefined || owner === own || owner === '*' ? [] : [place];
    });
    return new Set(named);
  });
}
