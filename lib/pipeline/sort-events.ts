import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { parseChangeEvent } from '../cloudtrail/change-event.ts';
import { OF_EVERY_ACCOUNT } from '../cloudtrail/event-table.ts';
import type { Scope } from '../cloudtrail/scope.ts';
import { scopesOf } from '../cloudtrail/scope.ts';
import { didYouMean } from '../policy/nearest.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { ALL_REGIONS } from '../reference/regions.ts';
import { readHandled } from './event-record.ts';
import { parallel } from './parallel.ts';

/** `unsent`: it was audited, but its alerts could not be sent yet; it is open until they are. */
export type EventOutcome = 'audited' | 'ignored' | 'duplicate' | 'unreadable' | 'unsent';

/** The result for one envelope of the batch, by its index. */
export interface EventResult {
  readonly index: number;
  readonly outcome: EventOutcome;
  readonly reason?: string;
}

/** An event that needs action. */
export interface OpenEvent {
  readonly index: number;
  readonly event: ChangeEvent;
  readonly scopes: readonly Scope[];
}

export interface SortedEvents {
  readonly settled: readonly EventResult[];
  readonly open: readonly OpenEvent[];
  /** records that could not be read */
  readonly problems: readonly string[];
}

/** What makes an event relevant for an account. */
export interface Concern {
  readonly accountId: string;
  /** the regions that are read; null: not known */
  readonly regions: ReadonlySet<string> | null;
}

/** Sorts a batch of envelopes: those that need nothing more, with the reason, and those that need action. */
export async function sortEvents(
  store: ObjectStore,
  prefix: string,
  concern: Concern,
  envelopes: readonly unknown[],
): Promise<SortedEvents> {
  const { settled, concerning } = readEnvelopes(concern, envelopes);
  const first = new Map(concerning.toReversed().map((one) => [one.event.eventId, one]));
  const distinct = concerning.filter((one) => first.get(one.event.eventId) === one);
  const states = await parallel(distinct, ({ event }) => readHandled(store, prefix, event.eventId));
  const state = new Map(distinct.map(({ event }, at) => [event.eventId, states[at]]));
  const isOpen = (one: OpenEvent) =>
    first.get(one.event.eventId) === one && state.get(one.event.eventId) !== 'handled';
  const handled = concerning
    .filter((one) => !isOpen(one))
    .map(({ index, event }): EventResult => {
      return { index, outcome: 'duplicate', reason: `event \`${event.eventId}\` was handled before` };
    });
  const damaged = distinct.filter(({ event }) => state.get(event.eventId) === 'damaged');
  return {
    settled: [...settled, ...handled],
    open: concerning.filter(isOpen),
    problems: damaged.map(
      ({ event }) => `the record of event \`${event.eventId}\` cannot be read: it is looked at again`,
    ),
  };
}

/** Those that need nothing, and those that concern the account. Reads nothing. */
function readEnvelopes({ accountId, regions }: Concern, envelopes: readonly unknown[]) {
  const settled: EventResult[] = [];
  const concerning: OpenEvent[] = [];
  for (const [index, envelope] of envelopes.entries()) {
    const parsed = parseChangeEvent(envelope);
    if (!parsed.ok) {
      settled.push({ index, outcome: 'unreadable', reason: parsed.reason });
      continue;
    }
    const { event } = parsed;
    const scopes = scopesOf(event);
    const ignore = reasonToIgnore(event, scopes, accountId) ?? unreadRegion(scopes, regions);
    if (ignore !== null) settled.push({ index, outcome: 'ignored', reason: ignore });
    else concerning.push({ index, event, scopes });
  }
  return { settled, concerning };
}

/** A change in a region that is not read cannot be reported, but it may exist. */
function unreadRegion(scopes: readonly Scope[], regions: ReadonlySet<string> | null): string | null {
  const unread = scopes.filter(({ region }) => region !== null && regions?.has(region) === false);
  const region = unread[0]?.region ?? null;
  if (unread.length < scopes.length || region === null) return null;
  if (!ALL_REGIONS.includes(region))
    return `\`${region}\` is no region of AWS that is known here${didYouMean(region, ALL_REGIONS)}: it is not read, and what changed there is not known`;
  return `region \`${region}\` is not read, so what changed there is not known: scan with that region`;
}

/** Whether events of that source affect every account, as guardrails do. */
export const ofEveryAccount = (busSource: unknown): boolean => BUS_SOURCES.has(busSource);

const BUS_SOURCES: ReadonlySet<unknown> = new Set(
  [...OF_EVERY_ACCOUNT].map((source) => `aws.${source.split('.')[0]}`),
);

function reasonToIgnore(event: ChangeEvent, scopes: readonly Scope[], accountId: string): string | null {
  if (event.errorCode !== null) {
    return `\`${event.eventName}\` failed with \`${event.errorCode}\`: nothing changed`;
  }
  const elsewhere = event.accountId !== null && event.accountId !== accountId;
  if (elsewhere && !OF_EVERY_ACCOUNT.has(event.eventSource)) {
    return `the event is of account \`${event.accountId}\`, not of \`${accountId}\``;
  }
  if (scopes.length === 0) {
    return `\`${event.eventSource}\` \`${event.eventName}\` cannot change who gets onto an instance`;
  }
  return null;
}
