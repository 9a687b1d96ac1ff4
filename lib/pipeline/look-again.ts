import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { scopesOf } from '../cloudtrail/scope.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { jsonText } from '../snapshot/json-text.ts';
import { lookAgainKey } from './keys.ts';
import type { OpenEvent } from './sort-events.ts';

/** An event that is to be looked at once more, and when, ISO 8601. */
export interface Waiting {
  readonly event: ChangeEvent;
  readonly due: string;
}

/** IAM is read from copies that follow within minutes: a change that is not there yet is after this many milliseconds. */
const LOOK_AGAIN_AFTER = 15 * 60_000;

/** Events that wait at once in one account; the oldest beyond that are let go, since the next scan sees all. */
const MOST = 1000;

const ATTEMPTS = 20;

/** The events of an account that wait to be looked at again. A list that cannot be read is none. */
export async function readWaiting(store: ObjectStore, prefix: string): Promise<readonly Waiting[]> {
  const object = await store.get(lookAgainKey(prefix));
  return object === null ? [] : waitingIn(object.body);
}

function waitingIn(body: string): readonly Waiting[] {
  try {
    const value = JSON.parse(body) as { schemaVersion?: unknown; events?: unknown } | null;
    const { events } = value ?? {};
    return value?.schemaVersion === 1 && Array.isArray(events) ? (events as Waiting[]) : [];
  } catch {
    return [];
  }
}

/** Puts events on the list and takes others off it, by their ids. Answers how many are on it then. */
export async function changeWaiting(
  store: ObjectStore,
  prefix: string,
  change: { readonly add?: readonly Waiting[]; readonly remove?: readonly string[] },
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

/** The events that are due to be looked at once more, as a batch has them. */
export async function dueEvents({ store, clock }: Ports, prefix: string): Promise<readonly OpenEvent[]> {
  const now = clock.now().toISOString();
  return (await readWaiting(store, prefix))
    .filter(({ due }) => due <= now)
    .map(({ event }) => ({ index: -1, event, scopes: scopesOf(event) }));
}

/** Takes off the list what was looked at again, and puts on it what nothing came of the first time. Answers how many. */
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
