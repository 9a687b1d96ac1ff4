import type { Fields } from '../policy/fields.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import type { Answer } from './answer.ts';
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
import { hasReadTags } from './held-members.ts';

/** The account and region of an answer. */
export interface AnswerPlace {
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
}

/**
 * The instances of an answer, each id once, without terminated ones.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
 */
export function takeInstances(answer: Answer, place: AnswerPlace): Instance[] {
  const instances: Instance[] = [];
  const { seen } = answer;
  for (const reservation of objectsOf(answer.fields, 'Reservations', '$', answer.note)) {
    const owner = text(reservation.item, 'OwnerId') ?? place.accountId;
    for (const { item, at } of objectsOf(reservation.item, 'Instances', reservation.at, answer.note)) {
      const id = text(item, 'InstanceId');
      if (id !== null && !seen.has(id) && stateOf(item) === 'terminated') continue;
      const why = reasonToLeaveOut({ id, item, owner }, seen, place);
      if (why !== null || id === null) {
        answer.note(at, `left out: ${why}`);
        continue;
      }
      seen.add(id);
      instances.push(instanceOf(answer, { item, at }, id, place));
    }
  }
  return instances;
}

interface Listed {
  readonly id: string | null;
  readonly item: Fields;
  readonly owner: string;
}

/**
 * An instance of another account is not judged as if it were of this one, nor one whose tags cannot be read as if it
 * had none.
 */
function reasonToLeaveOut(
  { id, item, owner }: Listed,
  seen: ReadonlySet<string>,
  { accountId }: AnswerPlace,
): string | null {
  if (id === null) return 'it has no `InstanceId`';
  if (seen.has(id)) return `\`${id}\` is in the list twice`;
  if (owner !== accountId) return `\`${id}\` is of account ${owner}, and this is ${accountId}`;
  return hasReadTags(item) ? null : `the tags of \`${id}\` cannot be read`;
}

function stateOf(item: Fields): string {
  return text(fieldsOf(item.State), 'Name') ?? 'unknown';
}

/**
 * AWS returns these for every instance that is not being terminated. It omits tags, a key and a profile if the instance
 * has none.
 */
const GIVEN = [
  ...['State', 'VpcId', 'SubnetId', 'SecurityGroups', 'NetworkInterfaces'],
  ...['RootDeviceType', 'RootDeviceName', 'BlockDeviceMappings'],
];

function instanceOf(
  answer: Answer,
  { item, at }: { readonly item: Fields; readonly at: string },
  id: string,
  place: AnswerPlace,
): Instance {
  if (stateOf(item) !== 'shutting-down') notGiven(item, GIVEN, at, answer.note);
  const interfaces = list(item, 'NetworkInterfaces', at, answer.note);
  const groups = list(item, 'SecurityGroups', at, answer.note);
  const options = fieldsOf(item.MetadataOptions);
  return {
    id,
    arn: `arn:${place.partition}:ec2:${place.region}:${place.accountId}:instance/${id}`,
    region: place.region,
    tags: tagsOf(item, at, answer.note),
    state: stateOf(item),
    platform: platformOf(item),
    imageId: text(item, 'ImageId'),
    vpcId: text(item, 'VpcId'),
    subnetId: text(item, 'SubnetId'),
    ...addressesOf(item, interfaces),
    securityGroups: groupsOf(groups, interfaces),
    networkInterfaces: textsOf(interfaces, 'NetworkInterfaceId'),
    volumes: volumesOf(answer, item, at),
    rootDeviceType: oneOf(item, 'RootDeviceType', ROOT_DEVICES),
    instanceProfile: text(fieldsOf(item.IamInstanceProfile), 'Arn'),
    keyName: text(item, 'KeyName'),
    metadata: {
      httpTokens: oneOf(options, 'HttpTokens', TOKENS),
      httpEndpoint: oneOf(options, 'HttpEndpoint', ENDPOINTS),
      hopLimit: number(options, 'HttpPutResponseHopLimit'),
    },
    ...conditionKeys(item, place),
  };
}

/**
 * Condition keys of an instance from DescribeInstances. A missing member is unknown, except those that AWS always
 * returns if they apply.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-policy-keys
 */
function conditionKeys(item: Fields, place: AnswerPlace): Pick<Instance, 'keys'> {
  const placement = fieldsOf(item.Placement);
  const group = text(placement, 'GroupName');
  const optimized = boolean(item, 'EbsOptimized');
  const operator = fieldsOf(item.Operator);
  const keys = saidKeys({
    'ec2:InstanceType': text(item, 'InstanceType') ?? undefined,
    'ec2:AvailabilityZone': text(placement, 'AvailabilityZone') ?? undefined,
    'ec2:AvailabilityZoneId': text(placement, 'AvailabilityZoneId') ?? undefined,
    'ec2:Tenancy': text(placement, 'Tenancy') ?? undefined,
    'ec2:PlacementGroup': placement === null ? undefined : group && placementArn(group, place),
    'ec2:EbsOptimized': optimized === null ? undefined : String(optimized),
    // missing for an instance that is neither spot nor in a capacity block
    'ec2:InstanceMarketType': marketOf(item),
    'ec2:InstanceAutoRecovery': text(fieldsOf(item.MaintenanceOptions), 'AutoRecovery') ?? undefined,
    'ec2:InstanceBandwidthWeighting':
      text(fieldsOf(item.NetworkPerformanceOptions), 'BandwidthWeighting') ?? undefined,
    'ec2:InstanceMetadataTags': text(fieldsOf(item.MetadataOptions), 'InstanceMetadataTags') ?? undefined,
    'ec2:ManagedResourceOperator': operator === null ? undefined : text(operator, 'Principal'),
  });
  return Object.keys(keys).length === 0 ? {} : { keys };
}

const placementArn = (group: string, { partition, region, accountId }: AnswerPlace): string =>
  `arn:${partition}:ec2:${region}:${accountId}:placement-group/${group}`;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html: `InstanceLifecycle` */
function marketOf(item: Fields): string | undefined {
  if (text(item, 'InstanceType') === null) return undefined;
  const lifecycle = text(item, 'InstanceLifecycle') ?? 'on-demand';
  return lifecycle === 'scheduled' ? undefined : lifecycle;
}

const ROOT_DEVICES = ['ebs', 'instance-store'] as const;
const TOKENS = ['optional', 'required'] as const;
const ENDPOINTS = ['enabled', 'disabled'] as const;

function oneOf<T extends string>(fields: Fields | null, key: string, words: readonly T[]): T | null {
  const value = text(fields, key);
  return words.find((word) => word === value) ?? null;
}

/** `Platform` is `windows` or missing; `PlatformDetails` is `Windows with SQL Server ...`. */
function platformOf(item: Fields): 'linux' | 'windows' {
  const said = text(item, 'Platform') ?? text(item, 'PlatformDetails') ?? '';
  return said.toLowerCase().startsWith('windows') ? 'windows' : 'linux';
}

/** The addresses of all interfaces. IPv6 addresses are public: nothing translates them. */
function addressesOf(
  item: Fields,
  interfaces: readonly unknown[],
): Pick<Instance, 'privateIps' | 'publicIps'> {
  const privateIps = new Set<string>();
  const publicIps = new Set<string>();
  const add = (fields: Fields | null): void => {
    addText(privateIps, fields, 'PrivateIpAddress');
    addText(publicIps, fields, 'PublicIpAddress');
    addText(publicIps, fieldsOf(fields?.Association), 'PublicIp');
  };
  add(item);
  for (const one of interfaces) {
    const fields = fieldsOf(one);
    add(fields);
    for (const address of rows(fields, 'PrivateIpAddresses')) add(fieldsOf(address));
    for (const address of rows(fields, 'Ipv6Addresses')) addText(publicIps, fieldsOf(address), 'Ipv6Address');
  }
  return { privateIps: [...privateIps], publicIps: [...publicIps] };
}

function addText(into: Set<string>, fields: Fields | null, key: string): void {
  const value = text(fields, key);
  if (value !== null) into.add(value);
}

const rows = (fields: Fields | null, key: string): readonly unknown[] => {
  const value = fields?.[key];
  return Array.isArray(value) ? value : [];
};

/** The groups of the instance and of each of its interfaces. */
function groupsOf(groups: readonly unknown[], interfaces: readonly unknown[]): string[] {
  const ids = new Set(textsOf(groups, 'GroupId'));
  for (const one of interfaces) {
    for (const id of textsOf(rows(fieldsOf(one), 'Groups'), 'GroupId')) ids.add(id);
  }
  return [...ids];
}

function volumesOf(answer: Answer, item: Fields, path: string): Instance['volumes'] {
  const rootDevice = text(item, 'RootDeviceName');
  const volumes: { id: string; root: boolean }[] = [];
  for (const { item: mapping, at } of objectsOf(item, 'BlockDeviceMappings', path, answer.note)) {
    notGiven(mapping, ['DeviceName', 'Ebs'], at, answer.note);
    const id = text(fieldsOf(mapping.Ebs), 'VolumeId');
    if (id === null) answer.note(at, 'left out: its disk has no `VolumeId`');
    else volumes.push({ id, root: rootDevice !== null && mapping.DeviceName === rootDevice });
  }
  return volumes;
}
