import { callsToRead, changesNothing, READS } from './event-table.ts';
import type { Touches } from './touches.ts';

/**
 * What has to be read again: calls of one service, in one region or (null) of a global service. `named` are
 * images and snapshots whose attributes have to be read as well.
 */
export interface Scope {
  readonly service: string;
  readonly region: string | null;
  /** by the names of lib/collect/calls.ts, sorted; absent: all except those for each image and snapshot */
  readonly calls?: readonly string[];
  readonly named?: readonly string[];
  /** only these instances of `describe-instances`, if they are known; absent: the list */
  readonly instances?: readonly string[];
}

const GLOBAL_SERVICES: ReadonlySet<string> = new Set(['iam', 'organizations', 'sso-admin', 'configuration']);

/**
 * What to read again for an event. For an unknown event of a known service, the whole service in that region;
 * for an event that cannot matter, nothing.
 */
export function scopesOf(event: {
  readonly eventSource: string;
  readonly eventName: string;
  readonly region: string;
  readonly touches?: Touches;
}): readonly Scope[] {
  if (changesNothing(event.eventSource, event.eventName)) return [];
  const named = namedBy(event.eventName, event.touches);
  const calls = callsOf(event);
  const instances = calls && taggedInstances(event);
  return (READS.get(event.eventSource) ?? []).map((service) => ({
    service,
    region: GLOBAL_SERVICES.has(service) ? null : event.region,
    ...(calls && { calls }),
    ...(service === 'ec2' && named.length > 0 && { named }),
    ...(service === 'ec2' && instances && { instances }),
  }));
}

/**
 * An event about instances also names an image: only one about images or snapshots changes who may use them.
 */
const namedBy = (eventName: string, touches?: Touches): readonly string[] =>
  touches !== undefined && /Image|Snapshot/.test(eventName) ? [...touches.images, ...touches.snapshots] : [];

/** The calls to make for an event; undefined: all of its service. */
function callsOf(event: {
  readonly eventSource: string;
  readonly eventName: string;
  readonly touches?: Touches;
}): readonly string[] | undefined {
  const calls = callsToRead(event.eventSource, event.eventName);
  return (
    (calls === 'tagged' ? callsOfTagged(event.touches?.resources ?? []) : calls?.toSorted()) ?? undefined
  );
}

/** The instances that an event tags; undefined: it does something else. */
function taggedInstances({
  eventSource,
  eventName,
  touches,
}: Parameters<typeof scopesOf>[0]): readonly string[] | undefined {
  if (callsToRead(eventSource, eventName) !== 'tagged') return undefined;
  const ids = touches?.resources.filter((id) => id.startsWith('i-')) ?? [];
  return ids.length > 0 ? [...new Set(ids)].sort() : undefined;
}

/** The call that lists a thing of EC2 with its tags, by the start of its id. */
const LISTED_BY: ReadonlyMap<string, string> = new Map([
  ['i', 'describe-instances'],
  ['vol', 'describe-volumes'],
  ['sg', 'describe-security-groups'],
  ['eice', 'describe-instance-connect-endpoints'],
  ['pl', 'describe-managed-prefix-lists'],
  ['lt', 'describe-launch-templates'],
  ['ami', 'describe-images'],
  ['snap', 'describe-snapshots'],
]);

/** Null: something was tagged that is in none of these lists, or it is not known what. */
function callsOfTagged(ids: readonly string[]): readonly string[] | null {
  const calls = new Set<string>();
  for (const id of ids) {
    const call = LISTED_BY.get(/^([a-z]+)-/.exec(id)?.[1] ?? '');
    if (call === undefined) return null;
    calls.add(call);
  }
  return calls.size === 0 ? null : [...calls].sort();
}

/** The instances in all scopes, if none needs the whole list. */
function instancesOf(alike: readonly Scope[]): Pick<Scope, 'instances'> {
  const asking = alike.filter(({ calls }) => calls?.includes('describe-instances') ?? true);
  const ids = asking.map(({ instances }) => instances);
  if (ids.length === 0 || ids.includes(undefined)) return {};
  return { instances: [...new Set(ids.flatMap((one) => one ?? []))].sort() };
}

/** Each scope once, with all its named things. */
export function distinctScopes(scopes: readonly Scope[]): readonly Scope[] {
  const groups = Map.groupBy(scopes, ({ service, region }) => `${service} ${region ?? ''}`);
  return [...groups.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const { service, region } = first;
    const named = new Set(alike.flatMap((one) => one.named ?? []));
    const calls = new Set(alike.flatMap((one) => one.calls ?? []));
    const whole = alike.some((one) => one.calls === undefined);
    return [
      {
        ...{ service, region },
        ...(!whole && { calls: [...calls].sort() }),
        ...(named.size > 0 && { named: [...named].sort() }),
        ...instancesOf(alike),
      },
    ];
  });
}
