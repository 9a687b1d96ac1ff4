import { changesNothing, READS } from './event-table.ts';
import type { Touches } from './touches.ts';

/**
 * What has to be read again: the typed calls of one service, in one region or (null) of a global service. `named` are
 * images and snapshots whose own attributes have to be, too.
 */
export interface Scope {
  readonly service: string;
  readonly region: string | null;
  readonly named?: readonly string[];
}

const GLOBAL_SERVICES: ReadonlySet<string> = new Set(['iam', 'organizations', 'configuration']);

/**
 * What an event makes it necessary to read again. An event of a known service that is not known itself means the
 * whole service in that region; an event that cannot matter means nothing.
 */
export function scopesOf(event: {
  readonly eventSource: string;
  readonly eventName: string;
  readonly region: string;
  readonly touches?: Touches;
}): readonly Scope[] {
  if (changesNothing(event.eventSource, event.eventName)) return [];
  const named = namedBy(event.eventName, event.touches);
  return (READS.get(event.eventSource) ?? []).map((service) => ({
    service,
    region: GLOBAL_SERVICES.has(service) ? null : event.region,
    ...(service === 'ec2' && named.length > 0 && { named }),
  }));
}

/** An event about instances names an image, too: only one about images or snapshots changes who may use them. */
const namedBy = (eventName: string, touches?: Touches): readonly string[] =>
  touches !== undefined && /Image|Snapshot/.test(eventName) ? [...touches.images, ...touches.snapshots] : [];

/** Each scope once, with everything that is named in it. */
export function distinctScopes(scopes: readonly Scope[]): readonly Scope[] {
  const groups = Map.groupBy(scopes, ({ service, region }) => `${service} ${region ?? ''}`);
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const named = new Set([first, ...others].flatMap((one) => one.named ?? []));
    return [{ ...first, ...(named.size > 0 && { named: [...named].sort() }) }];
  });
}
