import { type Context, type KeyState, type KeyValue, WITHOUT_IAM_TAGS } from '../../evaluator/context.ts';
import { remembered } from '../../memory/remembered.ts';
import { requestedRegion } from '../../reference/regions.ts';
import type { ConditionKeys } from '../../snapshot/services.ts';
import type { Snapshot, Tags } from '../../snapshot/snapshot.ts';
import type { RequestRow } from '../paths/access-path.ts';
import { NEW_ID } from '../paths/placeholder-ids.ts';
import type { Account, Subject } from './account.ts';
import { BOUNDARY_KEY, boundaryState } from './boundary-keys.ts';
import { type CarriedKeys, carriedKeys, isCarried } from './carried-keys.ts';
import { organizationKeys } from './organization-keys.ts';
import { isReservedTag } from './reserved-tags.ts';
import { stateOf } from './resource-facts.ts';
import { isSessionKey } from './session-facts.ts';
import type { Target } from './target.ts';

/** The condition keys that follow from a request's action, resource and region, for any caller. */
export interface PlaceKeys {
  readonly service: string;
  /** of the path's row and the region, by canonical key */
  readonly fixed: ReadonlyMap<string, KeyState>;
  /** of the resource itself */
  readonly own: ReadonlyMap<string, KeyState>;
  /** the boundary of a user or role; undefined: not known */
  readonly boundary: KeyState;
  /** the resource's tags by canonical key; null: not collected */
  readonly tags: ReadonlyMap<string, KeyValue> | null;
  readonly carried: CarriedKeys;
}

export function placeKeys(row: RequestRow, target: Target, region: string, account: Account): PlaceKeys {
  return {
    service: spellingOf(row.action, target.arn),
    boundary: row.action.startsWith('iam:') ? boundaryState(target.arn, account) : undefined,
    fixed: rowKeys(row, region, ownerOf(target.arn, account.snapshot.accountId), account.snapshot),
    own: target.context ? resourceKeys(target.context) : NO_KEYS,
    tags: row.creates ? NO_TAGS : target.tags === null ? null : tagsFor(row.action, target.tags),
    carried: carriedKeys(row.action, target.arn),
  };
}

const NO_KEYS: ReadonlyMap<string, KeyState> = new Map();
const NO_TAGS: ReadonlyMap<string, KeyValue> = new Map();

/** Stands for AWS as the owner of resources such as `AWS-RunShellScript`. */
const AWS = 'aws';
/** Stands for an unknown owner: the ARN contains no account. */
const UNKNOWN = '';

/**
 * The account that owns a resource. AWS's documents and policies are not the caller's:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
 */
function ownerOf(arn: string, own: string): string {
  let colon = -1;
  for (let i = 0; i < 4; i += 1) {
    colon = arn.indexOf(':', colon + 1);
    if (colon < 0) return UNKNOWN;
  }
  const end = arn.indexOf(':', colon + 1);
  const owner = arn.slice(colon + 1, end < 0 ? undefined : end);
  // requests on snapshots are about the account's own, or new ones
  if (owner === '') return /:ssm:[^:]*::document\//.test(arn) ? AWS : isOwnCopy(arn) ? own : UNKNOWN;
  return owner === AWS || /^\d{12}$/.test(owner) ? owner : UNKNOWN;
}

const isOwnCopy = (arn: string): boolean => arn.includes(':snapshot/') || arn.endsWith(`/ami-${NEW_ID}`);

const services = new Map<string, string>();

function serviceOf(action: string): string {
  return remembered(services, action, () => action.slice(0, action.indexOf(':')).toLowerCase());
}

/**
 * The service whose names of the resource's tags the request has. `iam:ResourceTag` is a key of users and roles; on
 * policies, groups and instance profiles there is only `aws:ResourceTag`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
function spellingOf(action: string, arn: string): string {
  const service = serviceOf(action);
  if (service !== 'iam') return service;
  return carriedKeys(action, arn)?.includes('iam:resourcetag/*') === false ? WITHOUT_IAM_TAGS : service;
}

/** By the owner of the resource and the region. */
type RowKeys = Map<string, Map<string, ReadonlyMap<string, KeyState>>>;

// cached by table row, and table rows are shared by accounts
const rowKeyCaches = new WeakMap<Snapshot, WeakMap<RequestRow, RowKeys>>();

function rowKeys(
  row: RequestRow,
  region: string,
  owner: string,
  snapshot: Snapshot,
): ReadonlyMap<string, KeyState> {
  const byRow = remembered(rowKeyCaches, snapshot, () => new WeakMap<RequestRow, RowKeys>());
  const byOwner = remembered(byRow, row, (): RowKeys => new Map());
  const byRegion = remembered(byOwner, owner, () => new Map<string, ReadonlyMap<string, KeyState>>());
  return remembered(byRegion, region, () => fixedKeys(row, region, owner, snapshot));
}

function fixedKeys(
  row: RequestRow,
  region: string,
  owner: string,
  snapshot: Snapshot,
): ReadonlyMap<string, KeyState> {
  const fixed = new Map<string, KeyState>(ownerKeys(owner, snapshot));
  const set = (key: string, value: string): void => {
    fixed.set(key.toLowerCase(), { values: [value] });
  };
  const requested = requestedRegion(serviceOf(row.action), snapshot.partition, region);
  if (requested !== null) set('aws:RequestedRegion', requested);
  if (row.action.startsWith('ec2:')) set('ec2:Region', region);
  for (const [key, value] of Object.entries(row.context ?? {})) set(key, value);
  for (const key of row.carries ?? []) fixed.set(key, { values: [], symbol: key });
  for (const key of row.omits ?? []) fixed.set(key, null);
  return fixed;
}

/** Organisation keys of the resource's owner. AWS is in no organisation; that of another account is not known. */
function ownerKeys(owner: string, { accountId, organization }: Snapshot): (readonly [string, KeyState])[] {
  if (owner === UNKNOWN) return [];
  const keys: (readonly [string, KeyState])[] = [['aws:resourceaccount', { values: [owner] }]];
  if (owner === AWS) for (const key of ORGANIZATION_KEYS) keys.push([key, { values: [AWS] }]);
  if (owner === accountId)
    for (const [key, state] of organizationKeys(organization)) keys.push([`aws:resource${key}`, state]);
  return keys;
}

const ORGANIZATION_KEYS = ['aws:resourceorgid', 'aws:resourceorgpaths'];

const resourceKeyCache = new WeakMap<object, ReadonlyMap<string, KeyState>>();

function resourceKeys(context: ConditionKeys): ReadonlyMap<string, KeyState> {
  return remembered(
    resourceKeyCache,
    context,
    () => new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), stateOf(value)])),
  );
}

/** The state of a key at this place; undefined: not known. */
function placeState({ fixed, own, carried, boundary }: PlaceKeys, key: string): KeyState {
  // the resource may be in another region than the instance
  const value = own.size === 0 ? undefined : own.get(key);
  if (value !== undefined && isCarried(key, carried)) return value;
  const ofRow = fixed.get(key);
  return ofRow === undefined && key === BOUNDARY_KEY && isCarried(key, carried) ? boundary : ofRow;
}

/** The same, with the resource's tags. */
export function resourceState(place: PlaceKeys, key: string): KeyState {
  if (!key.startsWith('aws:resourcetag/')) return placeState(place, key);
  return place.tags === null ? undefined : (place.tags.get(key) ?? null);
}

/** The caller, the action, the resource and the region. */
export interface Requested {
  readonly subject: Subject;
  readonly row: RequestRow;
  readonly target: Target;
  readonly region: string;
}

/**
 * The known condition keys of one request; every other key is unknown. Most requests are decided before any
 * condition, so the keys of the place are computed when first needed.
 */
export function contextOf({ row, target, region, subject }: Requested, account: Account): Context {
  let place: PlaceKeys | null = null;
  const lookup = (key: string): KeyState => {
    place ??= placeKeys(row, target, region, account);
    return stateAt(place, subject, key);
  };
  return { service: spellingOf(row.action, target.arn), lookup };
}

export function contextAt(place: PlaceKeys, subject: Subject): Context {
  return { service: place.service, lookup: (key) => stateAt(place, subject, key) };
}

function stateAt(place: PlaceKeys, subject: Subject, key: string): KeyState {
  const placed = placeState(place, key);
  if (placed !== undefined) return placed;
  if (key.startsWith('aws:principaltag/')) return principalTag(key, subject);
  const known = subject.keys.get(key);
  if (known) return known;
  if (key.startsWith('aws:resourcetag/')) return resourceState(place, key);
  if (key.startsWith('aws:requesttag/')) return requestTag(key, place);
  return isOtherAttribute(key, place) ? null : unfixed(key, place.carried, subject);
}

/**
 * True for a key of another attribute: a request modifies one attribute of an instance, and carries no key of
 * another.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html
 */
function isOtherAttribute(key: string, { fixed }: PlaceKeys): boolean {
  if (!key.startsWith('ec2:attribute/')) return false;
  const about = fixed.get('ec2:attribute')?.values;
  return about?.every((name) => key !== `ec2:attribute/${name.toLowerCase()}`) ?? false;
}

function requestTag(key: string, { fixed, carried }: PlaceKeys): KeyState {
  const isLeftOut =
    isReservedTag(key.slice('aws:requesttag/'.length)) ||
    !isCarried(key, carried) ||
    (fixed.has('aws:tagkeys') && !isRequested(key, fixed));
  return isLeftOut ? null : undefined;
}

/** The state of a key for which neither the place nor the principal has a value. */
function unfixed(key: string, carried: CarriedKeys, subject: Subject): KeyState {
  if (subject.keys.has(key) || key === 'ec2:createaction') return null;
  if (isSessionKey(key)) return subject.session.state(key);
  return isCarried(key, carried) ? undefined : null;
}

/** A session that may set tags may set any value. */
export function principalTag(key: string, subject: Subject): KeyState {
  const tag = key.slice('aws:principaltag/'.length);
  const isChosen = subject.ownTags?.has(tag) || subject.sessionTags(tag);
  return isChosen ? undefined : (subject.keys.get(key) ?? null);
}

/** A tagging request contains only its own tag. */
function isRequested(key: string, fixed: ReadonlyMap<string, KeyState>): boolean {
  return (
    fixed.get('aws:tagkeys')?.values.some((tag) => key === `aws:requesttag/${tag.toLowerCase()}`) ?? false
  );
}

/**
 * For `iam:PassRole` the role's tags are left out: AWS says that limiting it by them is not reliable.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
function tagsFor(action: string, tags: Tags): ReadonlyMap<string, KeyValue> {
  const states = tagStates(tags);
  if (action !== 'iam:PassRole' || states.size === 0) return states;
  return remembered(
    passedTagCache,
    tags,
    () => new Map([...states].map(([key, state]) => [key, { ...state, orAbsent: 'passrole-by-tag' }])),
  );
}

const passedTagCache = new WeakMap<Tags, ReadonlyMap<string, KeyValue>>();
const RESOURCE_TAG = 'aws:resourcetag/';
const tagStateCache = new WeakMap<Tags, ReadonlyMap<string, KeyValue>>();

export function tagStates(tags: Tags): ReadonlyMap<string, KeyValue> {
  // lists without tags are created for each request, and caching them costs more than it saves
  if (tags.length === 0) return NO_TAGS;
  return remembered(tagStateCache, tags, () => readTags(tags));
}

/** The tags that condition keys read: by the tag in lower case, the key. */
export function tagsAmong(keys: readonly string[]): ReadonlyMap<string, string> {
  const tags = keys.filter((key) => key.startsWith(RESOURCE_TAG));
  return new Map(tags.map((key) => [key.slice(RESOURCE_TAG.length), key]));
}

/** The same without a cache, for lists that are read once. `asked`: only these tags, as `tagsAmong` returns them. */
export function readTags(tags: Tags, asked?: ReadonlyMap<string, string>): ReadonlyMap<string, KeyValue> {
  const states = new Map<string, KeyValue>();
  for (const { key, value } of tags) {
    const tag = key.toLowerCase();
    const canonical = asked ? asked.get(tag) : `${RESOURCE_TAG}${tag}`;
    if (canonical === undefined) continue;
    const before = states.get(canonical);
    states.set(canonical, before ? { ...before, otherCase: value } : { values: [value] });
  }
  return states;
}
