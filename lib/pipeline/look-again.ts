import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { scopesOf } from '../cloudtrail/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { jsonText } from '../snapshot/json-text.ts';
import { lookAgainKey } from './keys.ts';
import type { OpenEvent } from './sort-events.ts';

/** An event that is to be examined once more, and when, ISO 8601. */
export interface WaitingEvent {
  readonly event: ChangeEvent;
  readonly due: string;
}

/** IAM is eventually consistent: a change that is not visible yet will be after this many milliseconds. */
const LOOK_AGAIN_AFTER = 15 * 60_000;

/**
 * Events that may wait in one account; beyond that the oldest are dropped, since the next scan sees
 * everything.
 */
const MOST = 1000;

const ATTEMPTS = 20;

/** The events of an account that wait to be examined again. An unreadable list counts as empty. */
export async function readWaiting(store: ObjectStore, prefix: string): Promise<readonly WaitingEvent[]> {
  const object = await store.get(lookAgainKey(prefix));
  return object === null ? [] : waitingIn(object.body);
}

function waitingIn(body: string): readonly WaitingEvent[] {
  try {
    const value = JSON.parse(body) as { schemaVersion?: unknown; events?: unknown } | null;
    const { events } = value ?? {};
    return value?.schemaVersion === 1 && Array.isArray(events) ? (events as WaitingEvent[]) : [];
  } catch {
    return [];
  }
}

/** Adds events to the list and removes others, by their ids. Returns how many are on it then. */
export async function changeWaiting(
  store: ObjectStore,
  prefix: string,
  change: { readonly add?: readonly WaitingEvent[]; readonly remove?: readonly string[] },
): Promise<number> {
  const { add = [], remove = [] } = change;
  const key = lookAgainKey(prefix);
  const gone = new Set(remove);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const object = await store.get(key);
    const there = object === null ? [] : waitingIn(object.body);
    const known = new Set(there.map(({ event }) => event.eventId));
    const stay = there.filter(({ event }) => !gone.has(event.eventId));
    const fresh = add.filter(({ event }) => !known.has(event.eventId));
    if (fresh.length === 0 && stay.length === there.length) return there.length;
    const events = [...stay, ...fresh].slice(-MOST);
    const body = `${jsonText({ schemaVersion: 1, events })}\n`;
    if ((await store.replace(key, body, object?.etag ?? null, 'application/json')) === 'replaced') {
      return events.length;
    }
  }
  throw new Error(
    `\`${key}\` keeps being changed by another writer: run this again when the other has ended`,
  );
}

interface Ports {
  readonly store: ObjectStore;
  readonly clock: Clock;
}

/** The events that are due, in the form of a batch. */
export async function dueEvents({ store, clock }: Ports, prefix: string): Promise<readonly OpenEvent[]> {
  const now = clock.now().toISOString();
  return (await readWaiting(store, prefix))
    .filter(({ due }) => due <= now)
    .map(({ event }) => ({ index: -1, event, scopes: scopesOf(event) }));
}

/** Removes examined events from the list, and adds those without an effect. Returns how many are on it. */
export async function noteLooks(
  { store, clock }: Ports,
  prefix: string,
  looked: readonly OpenEvent[],
  unexplained: readonly ChangeEvent[],
): Promise<number> {
  const again = new Set(looked.map(({ event }) => event.eventId));
  const due = new Date(clock.now().getTime() + LOOK_AGAIN_AFTER).toISOString();
  const add = unexplained.filter(({ eventId }) => !again.has(eventId)).map((event) => ({ event, due }));
  await changeWaiting(store, prefix, { add, remove: [...again] });
  return add.length;
}
