import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { jsonText } from '../snapshot/json-text.ts';
import { eventRecordKey } from './keys.ts';
import { put } from './put.ts';

/** What became of an event: `handled` says that the run that answers it is told, every alert of it. */
export interface EventRecord {
  readonly state: 'handled';
  /** the run that answers it */
  readonly run: string;
  readonly eventId: string;
  readonly eventName: string;
  readonly time: string;
}

/** Whether an event was handled. A record that cannot be read, or is of another state, does not say so. */
export async function readHandled(
  store: ObjectStore,
  prefix: string,
  eventId: string,
): Promise<'handled' | 'open' | 'damaged'> {
  const object = await store.get(eventRecordKey(prefix, eventId));
  if (object === null) return 'open';
  try {
    const { state } = JSON.parse(object.body) as { state?: unknown };
    return state === 'handled' ? 'handled' : 'open';
  } catch {
    return 'damaged';
  }
}

/** Notes that an event was handled: its run is the latest, or was, and everything that it tells went out. */
export async function writeHandled(
  store: ObjectStore,
  prefix: string,
  { eventId, eventName, time }: Pick<ChangeEvent, 'eventId' | 'eventName' | 'time'>,
  run: string,
): Promise<void> {
  const record: EventRecord = { state: 'handled', run, eventId, eventName, time };
  await put(store, eventRecordKey(prefix, eventId), `${jsonText(record)}\n`, 'application/json');
}
