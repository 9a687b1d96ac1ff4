import type { Fields } from '../policy/fields.ts';
import type {
  PrefixList,
  PrefixListEntries,
  PublicAccessBlock,
  PublicAccessExclusion,
  Volume,
} from '../snapshot/services.ts';
import type { ConnectEndpoint, SecurityGroup, SecurityGroupRule } from '../snapshot/snapshot.ts';
import { type Answer, itemsOf } from './answer.ts';
import { signOfMore } from './answer-words.ts';
import {
  boolean,
  fieldsOf,
  list,
  notGiven,
  number,
  objectsOf,
  saidKeys,
  tagsOf,
  text,
  textsOf,
} from './fields.ts';
import type { AnswerPlace } from './instances.ts';

export function takeSerialConsole(answer: Answer): boolean | null {
  const value = boolean(answer.fields, 'SerialConsoleAccessEnabled');
  if (value === null) answer.note('$', '`SerialConsoleAccessEnabled` is not true or false');
  return value;
}

export function takeGroups(answer: Answer): SecurityGroup[] {
  const groups: SecurityGroup[] = [];
  for (const { item, at } of objectsOf(answer.fields, 'SecurityGroups', '$', answer.note)) {
    const id = text(item, 'GroupId');
    if (id === null) {
      answer.note(at, 'left out: it has no `GroupId`');
      continue;
    }
    const ingress = rulesOf(answer, item, at, 'IpPermissions');
    if (ingress === null) continue;
    groups.push({
      id,
      name: text(item, 'GroupName') ?? '',
      vpcId: text(item, 'VpcId'),
      tags: tagsOf(item, at, answer.note),
      ingress,
      egress: rulesOf(answer, item, at, 'IpPermissionsEgress') ?? [],
    });
  }
  return groups;
}

/** The members of a rule that hold its sources. */
const RANGES: ReadonlyMap<string, string> = new Map([
  ['IpRanges', 'CidrIp'],
  ['Ipv6Ranges', 'CidrIpv6'],
  ['UserIdGroupPairs', 'GroupId'],
  ['PrefixListIds', 'PrefixListId'],
]);

/** Null: a rule has no sources, so the group counts as not read. */
function rulesOf(answer: Answer, group: Fields, path: string, key: string): SecurityGroupRule[] | null {
  if (notGiven(group, [key], path, answer.note).length > 0) return null;
  const rules = [...objectsOf(group, key, path, answer.note)].map(({ item, at }) => ruleOf(answer, item, at));
  return rules.includes(null) ? null : rules.filter((rule) => rule !== null);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
function ruleOf(answer: Answer, item: Fields, at: string): SecurityGroupRule | null {
  const lacking: string[] = [...notGiven(item, ['IpProtocol', ...RANGES.keys()], at, answer.note)];
  const under = (name: string): readonly string[] => {
    const items = list(item, name, at, answer.note);
    const found = textsOf(items, RANGES.get(name) ?? '');
    if (found.length < items.length) {
      lacking.push(name);
      answer.note(`${at}.${name}`, `one of them has no \`${RANGES.get(name)}\``);
    }
    return found;
  };
  const rule = {
    protocol: text(item, 'IpProtocol') ?? '',
    fromPort: number(item, 'FromPort'),
    toPort: number(item, 'ToPort'),
    cidrs: [...under('IpRanges'), ...under('Ipv6Ranges')],
    groups: under('UserIdGroupPairs'),
    prefixLists: under('PrefixListIds'),
  };
  return lacking.length > 0 ? null : rule;
}

const TYPES = ['dualstack', 'ipv6'] as const;

function addressType(said: string | null): Pick<ConnectEndpoint, 'ipAddressType'> {
  const ipAddressType = TYPES.find((type) => type === said);
  return ipAddressType ? { ipAddressType } : {};
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Ec2InstanceConnectEndpoint.html */
export function takeEndpoints(answer: Answer, place: AnswerPlace): ConnectEndpoint[] {
  const endpoints: ConnectEndpoint[] = [];
  for (const { item, at } of objectsOf(answer.fields, 'InstanceConnectEndpoints', '$', answer.note)) {
    const id = text(item, 'InstanceConnectEndpointId');
    const vpcId = text(item, 'VpcId');
    const state = text(item, 'State') ?? 'unknown';
    if (state === 'delete-complete') continue;
    if (id === null || vpcId === null) {
      answer.note(at, `left out: it has no \`${id === null ? 'InstanceConnectEndpointId' : 'VpcId'}\``);
      continue;
    }
    const { partition, region, accountId } = place;
    const arn = `arn:${partition}:ec2:${region}:${accountId}:instance-connect-endpoint/${id}`;
    notGiven(item, ['SecurityGroupIds'], at, answer.note);
    const groups = list(item, 'SecurityGroupIds', at, answer.note);
    endpoints.push({
      id,
      arn: text(item, 'InstanceConnectEndpointArn') ?? arn,
      vpcId,
      subnetId: text(item, 'SubnetId'),
      securityGroups: groups.filter((group) => typeof group === 'string'),
      preserveClientIp: boolean(item, 'PreserveClientIp'),
      ...addressType(text(item, 'IpAddressType')),
      state,
      tags: tagsOf(item, at, answer.note),
    });
  }
  return endpoints;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html */
export function takeVolumes(answer: Answer): Volume[] {
  return itemsOf(answer, 'Volumes', ['VolumeId'], (item, at, [id]) => {
    const encrypted = boolean(item, 'Encrypted');
    const size = (key: string): string | undefined => number(item, key)?.toString();
    const keys = saidKeys({
      'ec2:VolumeID': id,
      'ec2:VolumeType': text(item, 'VolumeType') ?? undefined,
      'ec2:VolumeSize': size('Size'),
      'ec2:VolumeIops': size('Iops'),
      'ec2:VolumeThroughput': size('Throughput'),
      'ec2:Encrypted': encrypted === null ? undefined : String(encrypted),
      'ec2:AvailabilityZone': text(item, 'AvailabilityZone') ?? undefined,
      'ec2:AvailabilityZoneId': text(item, 'AvailabilityZoneId') ?? undefined,
    });
    return { id, tags: tagsOf(item, at, answer.note), keys };
  });
}

export function takePrefixLists(answer: Answer): PrefixList[] {
  return itemsOf(answer, 'PrefixLists', ['PrefixListId'], (item, _, [id]) => ({
    ...{ id, name: text(item, 'PrefixListName') ?? '', owner: text(item, 'OwnerId') ?? '' },
  }));
}

/** Prefix lists of AWS are for services, except those that people connect from. */
export function isForPeople(item: unknown): boolean {
  const list = fieldsOf(item);
  const name = text(list, 'PrefixListName') ?? '';
  return text(list, 'OwnerId') !== 'AWS' || name.includes('ec2-instance-connect');
}

export function takePrefixListEntries(answer: Answer): PrefixListEntries[] {
  const cidrs = textsOf(list(answer.fields, 'Entries', '$', answer.note), 'Cidr');
  const isPart = signOfMore(answer.fields) !== null;
  return [{ id: answer.argument ?? '', cidrs, ...(isPart && { isPart }) }];
}

/** An answer without the mode says nothing about connections. */
export function takePublicAccessBlock(answer: Answer): PublicAccessBlock[] | null {
  const options = fieldsOf(answer.fields.VpcBlockPublicAccessOptions);
  const mode = text(options, 'InternetGatewayBlockMode');
  if (mode === null) {
    answer.note('$.VpcBlockPublicAccessOptions', 'it has no `InternetGatewayBlockMode`');
    return null;
  }
  return [{ mode, managedBy: text(options, 'ManagedBy'), exclusions: text(options, 'ExclusionsAllowed') }];
}

export function takePublicAccessExclusions(answer: Answer): PublicAccessExclusion[] {
  return itemsOf(
    answer,
    'VpcBlockPublicAccessExclusions',
    ['ExclusionId', 'ResourceArn', 'InternetGatewayExclusionMode', 'State'],
    (item, at, [id, resource, mode, state]) => ({
      ...{ id, resource, mode, state, tags: tagsOf(item, at, answer.note) },
    }),
  );
}
