import { changesNothing, READS } from './event-table.ts';

/** What has to be read again: all calls of one service, in one region or (null) of a global service. */
export interface Scope {
  readonly service: string;
  readonly region: string | null;
}

const GLOBAL_SERVICES: ReadonlySet<string> = new Set(['iam', 'organizations']);

/**
 * What an event makes it necessary to read again. An event of a known service that is not known itself means the
 * whole service in that region; an event that cannot matter means nothing.
 */
export function scopesOf(event: {
  readonly eventSource: string;
  readonly eventName: string;
  readonly region: string;
}): readonly Scope[] {
  if (changesNothing(event.eventSource, event.eventName)) return [];
  return (READS.get(event.eventSource) ?? []).map((service) => ({
    service,
    region: GLOBAL_SERVICES.has(service) ? null : event.region,
  }));
}
