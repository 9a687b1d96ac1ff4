import type { Context, KeyState, KeyValue } from '../../evaluator/context.ts';
import { actionDetail } from '../../reference/action-details.ts';
import { requestedRegion } from '../../reference/regions.ts';
import type { Tags } from '../../snapshot/snapshot.ts';
import type { RequestRow } from '../paths/access-path.ts';
import type { Account, Subject } from './account.ts';
import { isReservedTag } from './reserved-tags.ts';
import type { Target } from './targets.ts';

/** What a request's place (its action, resource and region) decides of the condition keys, whoever makes it. */
export interface PlaceKeys {
  readonly service: string;
  /** of the path's row and the region, by canonical key */
  readonly fixed: ReadonlyMap<string, KeyState>;
  /** of the resource itself */
  readonly own: ReadonlyMap<string, KeyState>;
  /** the resource's tags by canonical key; null: not collected */
  readonly tags: ReadonlyMap<string, KeyValue> | null;
  /** the service's own keys that the action knows; null: not listed */
  readonly carried: readonly string[] | null;
}

export function placeKeys(row: RequestRow, target: Target, region: string, account: Account): PlaceKeys {
  const service = serviceOf(row.action);
  const { accountId, partition } = account.snapshot;
  const isOwn = target.arn.split(':', 5)[4] === accountId;
  return {
    service,
    fixed: rowKeys(row, { region, partition, account: isOwn ? accountId : '' }),
    own: target.context ? resourceKeys(target.context) : NO_KEYS,
    tags: target.tags === null ? null : tagStates(target.tags),
    carried: keysOf(row.action),
  };
}

const NO_KEYS: ReadonlyMap<string, KeyState> = new Map();
const rowKeyCache = new WeakMap<RequestRow, Map<string, ReadonlyMap<string, KeyState>>>();

const serviceOf = (action: string): string => action.slice(0, action.indexOf(':')).toLowerCase();

/** Where a request is made; `account`: whose resource it is about, empty where that is not known. */
interface Where {
  readonly region: string;
  readonly partition: string;
  readonly account: string;
}

function rowKeys(row: RequestRow, { region, partition, account }: Where): ReadonlyMap<string, KeyState> {
  const cache = rowKeyCache.get(row) ?? new Map<string, ReadonlyMap<string, KeyState>>();
  rowKeyCache.set(row, cache);
  const name = `${region} ${partition} ${account}`;
  let keys = cache.get(name);
  if (!keys) {
    const fixed = new Map<string, KeyState>();
    const set = (key: string, value: string): void => {
      fixed.set(key.toLowerCase(), { values: [value] });
    };
    const requested = requestedRegion(serviceOf(row.action), partition, region);
    if (requested !== null) set('aws:RequestedRegion', requested);
    if (row.action.startsWith('ec2:')) set('ec2:Region', region);
    if (account !== '') set('aws:ResourceAccount', account);
    for (const [key, value] of Object.entries(row.context ?? {})) set(key, value);
    keys = fixed;
    cache.set(name, keys);
  }
  return keys;
}

const resourceKeyCache = new WeakMap<object, ReadonlyMap<string, KeyState>>();

function resourceKeys(context: Readonly<Record<string, string>>): ReadonlyMap<string, KeyState> {
  let keys = resourceKeyCache.get(context);
  if (!keys) {
    keys = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), { values: [value] }]));
    resourceKeyCache.set(context, keys);
  }
  return keys;
}

/** What the place knows of a key; undefined: nothing. */
export function placeState({ fixed, own, carried }: PlaceKeys, key: string): KeyState {
  const known = fixed.get(key);
  if (known) return known;
  const value = own.get(key);
  return value && isCarried(key, carried) ? value : undefined;
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

export function contextAt(place: PlaceKeys, subject: Subject): Context {
  const { service, fixed, tags, carried } = place;
  const byPrefix: Readonly<Record<string, (key: string) => KeyState>> = {
    'aws:resourcetag': (key) => (tags === null ? undefined : (tags.get(key) ?? null)),
    'aws:principaltag': (key) => principalTag(key, subject),
    'aws:requesttag': (key) =>
      isReservedTag(key.slice('aws:requesttag/'.length)) ||
      (fixed.has('aws:tagkeys') && !isRequested(key, fixed))
        ? null
        : undefined,
  };
  const lookup = (key: string): KeyState => {
    const known =
      placeState(place, key) ?? (key.startsWith('aws:principaltag/') ? null : subject.keys.get(key));
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
  return subject.sessionTags && !isReservedTag(key.slice('aws:principaltag/'.length))
    ? undefined
    : (subject.keys.get(key) ?? null);
}

/** Only the tag that a tagging request is about is in it. */
function isRequested(key: string, fixed: ReadonlyMap<string, KeyState>): boolean {
  return (
    fixed.get('aws:tagkeys')?.values.some((tag) => key === `aws:requesttag/${tag.toLowerCase()}`) ?? false
  );
}

const tagStateCache = new WeakMap<Tags, ReadonlyMap<string, KeyValue>>();

export function tagStates(tags: Tags): ReadonlyMap<string, KeyValue> {
  const known = tagStateCache.get(tags);
  if (known) return known;
  const states = new Map<string, KeyValue>();
  for (const { key, value } of tags) {
    const canonical = `aws:resourcetag/${key.toLowerCase()}`;
    const before = states.get(canonical);
    states.set(canonical, before ? { ...before, otherCase: value } : { values: [value] });
  }
  tagStateCache.set(tags, states);
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

/** Those of some keys (canonical) that the requests of an action may hold. */
export function carriedAmong(action: string, keys: readonly string[]): readonly string[] {
  const carried = keysOf(action);
  return keys.filter((key) => isCarried(key, carried));
}

/** A key of a service that the action does not know is never in its request (`ec2:osuser` on an SSM action). */
function isCarried(key: string, carried: readonly string[] | null): boolean {
  const prefix = key.slice(0, key.indexOf(':'));
  if (!carried || prefix === 'aws' || prefix === '' || prefix.includes('.')) return true;
  return carried.some((known) => (known.endsWith('*') ? key.startsWith(known.slice(0, -1)) : known === key));
}
