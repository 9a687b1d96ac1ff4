import type { KeyState } from '../../evaluator/context.ts';
import { remembered } from '../../memory/remembered.ts';
import type { ConditionKeys, Volume } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot } from '../../snapshot/snapshot.ts';

/** Condition keys of instances whose values a snapshot contains, in lower case. */
export const INSTANCE_KEYS: ReadonlySet<string> = new Set([
  'ec2:instanceid',
  'ec2:instanceprofile',
  'ec2:instancetype',
  'ec2:instancemarkettype',
  'ec2:instanceautorecovery',
  'ec2:instancebandwidthweighting',
  'ec2:instancemetadatatags',
  'ec2:availabilityzone',
  'ec2:availabilityzoneid',
  'ec2:tenancy',
  'ec2:placementgroup',
  'ec2:ebsoptimized',
  'ec2:managedresourceoperator',
  'ec2:rootdevicetype',
  'ec2:metadatahttptokens',
  'ec2:metadatahttpendpoint',
  'ec2:metadatahttpputresponsehoplimit',
]);

/** The same for disks. */
export const VOLUME_KEYS: ReadonlySet<string> = new Set([
  'ec2:volumeid',
  'ec2:volumetype',
  'ec2:volumesize',
  'ec2:volumeiops',
  'ec2:volumethroughput',
  'ec2:encrypted',
  'ec2:availabilityzone',
  'ec2:availabilityzoneid',
]);

const instanceKeyCache = new WeakMap<Instance, ConditionKeys>();

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-policy-keys */
export function keysOfInstance(instance: Instance): ConditionKeys {
  return remembered(instanceKeyCache, instance, () => instanceKeys(instance));
}

export function instanceKeys(instance: Instance): ConditionKeys {
  const { metadata, instanceProfile, rootDeviceType } = instance;
  return {
    'ec2:InstanceID': instance.id,
    'ec2:InstanceProfile': instanceProfile,
    ...(rootDeviceType === null ? {} : { 'ec2:RootDeviceType': rootDeviceType }),
    ...(metadata.httpTokens === null ? {} : { 'ec2:MetadataHttpTokens': metadata.httpTokens }),
    ...(metadata.httpEndpoint === null ? {} : { 'ec2:MetadataHttpEndpoint': metadata.httpEndpoint }),
    ...(metadata.hopLimit === null
      ? {}
      : { 'ec2:MetadataHttpPutResponseHopLimit': String(metadata.hopLimit) }),
    ...instance.keys,
  };
}

/** As a request has it. */
export const stateOf = (value: string | null): KeyState => (value === null ? null : { values: [value] });

const volumeCache = new WeakMap<RegionSnapshot, ReadonlyMap<string, Volume>>();

/** A disk as EC2 describes it; undefined: not collected, or not in the list. */
export function volumeOf(region: RegionSnapshot | undefined, id: string): Volume | undefined {
  if (!region?.volumes) return undefined;
  const { volumes } = region;
  return remembered(volumeCache, region, () => new Map(volumes.map((one) => [one.id, one]))).get(id);
}
