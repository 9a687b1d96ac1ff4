import type { Context, KeyState, KeyValue } from '../evaluator/context.ts';
import { actionDetail } from '../reference/action-details.ts';
import type { Instance, RegionSnapshot, Tags } from '../snapshot/snapshot.ts';
import type { RequestRow, ResourceKind } from './access-path.ts';
import type { Account, Subject } from './account.ts';

/** A resource that a request may be made on; `tags` are null where they were not collected. */
export interface Target {
  readonly arn: string;
  readonly tags: Tags | null;
  /** condition keys that go with this choice, beside those of the row */
  readonly context?: Readonly<Record<string, string>>;
}

/** What the choice of a resource depends on. */
interface Place {
  readonly instance: Instance;
  readonly account: Account;
  /** whoever asks: somebody else's session is not its own */
  readonly subject: Subject | null;
  readonly region: RegionSnapshot | undefined;
}

/** The resources that a row of a path means for one instance: any of them will do; none: the row cannot be met. */
export function targetsOf(
  kind: ResourceKind,
  instance: Instance,
  account: Account,
  subject: Subject | null,
): readonly Target[] {
  const place = { instance, account, subject, region: account.regions.get(instance.region) };
  if (kind.startsWith('document:')) return [documentTarget(kind.slice('document:'.length), place)];
  return TARGETS[kind as keyof typeof TARGETS](place);
}

const ec2Arn = ({ instance, account }: Place, type: string, id: string): string =>
  `arn:${account.snapshot.partition}:ec2:${instance.region}:${account.snapshot.accountId}:${type}/${id}`;

/** A copy that is still to be made has no account in its ARN and no tags. */
const newCopy = ({ instance, account }: Place, copy: string): readonly Target[] => [
  { arn: `arn:${account.snapshot.partition}:ec2:${instance.region}::${copy}-00000000000000000`, tags: [] },
];

const volumeTargets = (
  place: Place,
  isWanted: (volume: { readonly root: boolean }) => boolean,
): readonly Target[] =>
  place.instance.volumes.filter(isWanted).map(({ id }) => ({ arn: ec2Arn(place, 'volume', id), tags: null }));

const TARGETS: Readonly<
  Record<Exclude<ResourceKind, `document:${string}`>, (place: Place) => readonly Target[]>
> = {
  any: () => [{ arn: '*', tags: [] }],
  instance: ({ instance }) => [{ arn: instance.arn, tags: instance.tags, context: instanceKeys(instance) }],
  'root-volume': (place) => volumeTargets(place, (volume) => volume.root),
  volumes: (place) => volumeTargets(place, () => true),
  'security-groups': (place) =>
    place.instance.securityGroups.map((id) => ({
      arn: ec2Arn(place, 'security-group', id),
      tags: groupTags(id, place.region),
    })),
  'network-interfaces': (place) =>
    place.instance.networkInterfaces.map((id) => ({
      arn: ec2Arn(place, 'network-interface', id),
      tags: null,
    })),
  endpoints: ({ instance, region }) => endpointTargets(instance, region),
  'ec2-roles': ({ instance, account }) =>
    ec2Roles(account).map(({ arn, tags }) => ({
      arn,
      tags,
      context: { 'iam:AssociatedResourceArn': instance.arn },
    })),
  sessions: sessionTargets,
  'new-snapshot': (place) => newCopy(place, 'snapshot/snap'),
  'new-image': (place) => newCopy(place, 'image/ami'),
  'own-session-documents': ownSessionDocuments,
};

/** Sessions of everybody else; a role's sessions are named by whoever takes it, so its own name stands for them. */
function sessionTargets({ instance, account, subject }: Place): readonly Target[] {
  const names = [...new Set(account.subjects.map((other) => other.principal.name))].sort();
  return names
    .filter((name) => name !== subject?.principal.name)
    .map((name) => ({ arn: sessionArn(account, instance.region, name), tags: null }));
}

/** A session id is the name of whoever started it and a random part. */
export function sessionArn(account: Account, region: string, name: string): string {
  return `arn:${account.snapshot.partition}:ssm:${region}:${account.snapshot.accountId}:session/${name}-00000000000000000`;
}

function ownSessionDocuments({ instance, account, region }: Place): readonly Target[] {
  const { partition, accountId } = account.snapshot;
  return (region?.documents ?? [])
    .filter(
      (document) => document.documentType === 'Session' && document.name !== 'SSM-SessionManagerRunShell',
    )
    .map(({ name, tags }) => ({
      arn: `arn:${partition}:ssm:${instance.region}:${accountId}:document/${name}`,
      tags,
    }));
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-policy-keys */
export function instanceKeys(instance: Instance): Readonly<Record<string, string>> {
  const { metadata, instanceProfile, rootDeviceType } = instance;
  return {
    'ec2:InstanceID': instance.id,
    ...(instanceProfile === null ? {} : { 'ec2:InstanceProfile': instanceProfile }),
    ...(rootDeviceType === null ? {} : { 'ec2:RootDeviceType': rootDeviceType }),
    ...(metadata.httpTokens === null ? {} : { 'ec2:MetadataHttpTokens': metadata.httpTokens }),
    ...(metadata.httpEndpoint === null ? {} : { 'ec2:MetadataHttpEndpoint': metadata.httpEndpoint }),
    ...(metadata.hopLimit === null
      ? {}
      : { 'ec2:MetadataHttpPutResponseHopLimit': String(metadata.hopLimit) }),
  };
}

/** AWS's own documents have no account in their ARN; the preferences document belongs to the account. */
function documentTarget(name: string, { instance, account, region }: Place): Target {
  const { accountId, partition } = account.snapshot;
  const owner = name.startsWith('AWS-') ? '' : accountId;
  const own = region?.documents?.find((document) => document.name === name);
  return {
    arn: `arn:${partition}:ssm:${instance.region}:${owner}:document/${name}`,
    tags: own?.tags ?? (owner === '' ? [] : null),
  };
}

function groupTags(id: string, region: RegionSnapshot | undefined): Tags | null {
  return region?.securityGroups?.find((group) => group.id === id)?.tags ?? null;
}

function endpointTargets(instance: Instance, region: RegionSnapshot | undefined): readonly Target[] {
  const endpoints = region?.connectEndpoints?.filter((endpoint) => endpoint.vpcId === instance.vpcId) ?? [];
  return endpoints.flatMap(({ arn, tags }) =>
    instance.privateIps.map((address) => ({
      arn,
      tags,
      context: { 'ec2-instance-connect:privateIpAddress': address },
    })),
  );
}

/** Roles that ec2.amazonaws.com may assume: the only ones that can be passed to an instance. */
export function ec2Roles(account: Account): readonly { readonly arn: string; readonly tags: Tags }[] {
  return account.snapshot.roles.filter((role) => {
    const trust = account.policies.get(role.trust);
    return trust?.document.statements.some(
      ({ effect, principals }) =>
        effect === 'Allow' &&
        principals !== null &&
        !principals.not &&
        (principals.any || principals.service.includes('ec2.amazonaws.com')),
    );
  });
}

/** What a request's place (its action, resource and region) decides of the condition keys, whoever makes it. */
export interface PlaceKeys {
  readonly service: string;
  /** of the path's row, the region and the resource, by canonical key */
  readonly fixed: ReadonlyMap<string, KeyState>;
  /** the resource's tags by canonical key; null: not collected */
  readonly tags: ReadonlyMap<string, KeyValue> | null;
  /** the service's own keys that the action knows; null: not listed */
  readonly carried: readonly string[] | null;
}

export function placeKeys(row: RequestRow, target: Target, region: string, account: Account): PlaceKeys {
  const service = row.action.slice(0, row.action.indexOf(':')).toLowerCase();
  const fixed = new Map<string, KeyState>();
  const set = (key: string, value: string): void => {
    fixed.set(key.toLowerCase(), { values: [value], list: key === 'aws:TagKeys' });
  };
  set('aws:RequestedRegion', service === 'iam' ? 'us-east-1' : region);
  if (service === 'ec2') set('ec2:Region', region);
  const { accountId } = account.snapshot;
  if (target.arn.split(':')[4] === accountId) set('aws:ResourceAccount', accountId);
  const carried = keysOf(row.action);
  for (const [key, value] of Object.entries(row.context ?? {})) set(key, value);
  for (const [key, value] of Object.entries(target.context ?? {})) {
    if (isCarried(key.toLowerCase(), carried)) set(key, value);
  }
  return { service, fixed, tags: target.tags === null ? null : tagStates(target.tags), carried };
}

/** What is known of one request's condition keys; every other key is unknown. */
export function contextOf(
  row: RequestRow,
  target: Target,
  region: string,
  subject: Subject,
  account: Account,
): Context {
  return contextAt(placeKeys(row, target, region, account), subject);
}

export function contextAt({ service, fixed, tags, carried }: PlaceKeys, subject: Subject): Context {
  const byPrefix: Readonly<Record<string, (key: string) => KeyState>> = {
    'aws:resourcetag': (key) => (tags === null ? undefined : (tags.get(key) ?? null)),
    'aws:principaltag': (key) => principalTag(key, subject),
    'aws:requesttag': (key) => (!fixed.has('aws:tagkeys') || isRequested(key, fixed) ? undefined : null),
  };
  const lookup = (key: string): KeyState => {
    const known = fixed.get(key) ?? (key.startsWith('aws:principaltag/') ? null : subject.keys.get(key));
    if (known) return known;
    const slash = key.indexOf('/');
    const tagState = slash < 0 ? undefined : byPrefix[key.slice(0, slash)];
    if (tagState) return tagState(key);
    if (subject.keys.has(key) || key === 'ec2:createaction') return null;
    return isCarried(key, carried) ? undefined : null;
  };
  return { service, lookup };
}

/** A session that may bring tags may bring any. */
function principalTag(key: string, subject: Subject): KeyState {
  return subject.sessionTags ? undefined : (subject.keys.get(key) ?? null);
}

/** Only the tag that a tagging request is about is in it. */
function isRequested(key: string, fixed: ReadonlyMap<string, KeyState>): boolean {
  return (
    fixed.get('aws:tagkeys')?.values.some((tag) => key === `aws:requesttag/${tag.toLowerCase()}`) ?? false
  );
}

export function tagStates(tags: Tags): ReadonlyMap<string, KeyValue> {
  const states = new Map<string, KeyValue>();
  for (const { key, value } of tags) {
    const canonical = `aws:resourcetag/${key.toLowerCase()}`;
    const before = states.get(canonical);
    states.set(canonical, before ? { ...before, otherCase: value } : { values: [value], list: false });
  }
  return states;
}

const carriedKeys = new Map<string, readonly string[] | null>();

/** The service's own keys that an action's request may hold, lower case, up to a variable part; null where they are not known. */
function keysOf(action: string): readonly string[] | null {
  let keys = carriedKeys.get(action);
  if (keys === undefined) {
    const detail = actionDetail(action);
    const all = detail
      ? [...detail.keys, ...Object.values(detail.resourceTypes).flatMap((type) => type.keys)]
      : null;
    keys = all?.map((key) => key.toLowerCase().replace(/\$\{.*$/, '*')) ?? null;
    carriedKeys.set(action, keys);
  }
  return keys;
}

/** A key of a service that the action does not know is never in its request (`ec2:osuser` on an SSM action). */
function isCarried(key: string, carried: readonly string[] | null): boolean {
  const prefix = key.slice(0, key.indexOf(':'));
  if (!carried || prefix === 'aws' || prefix === '' || prefix.includes('.')) return true;
  return carried.some((known) => (known.endsWith('*') ? key.startsWith(known.slice(0, -1)) : known === key));
}
