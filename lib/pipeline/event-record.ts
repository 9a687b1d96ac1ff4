import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { jsonText } from '../snapshot/json-text.ts';
import { eventRecordKey } from './keys.ts';
import { put } from './put.ts';

/** The state of an event: `handled` means that every alert of its run was sent. */
export interface EventRecord {
  readonly state: 'handled';
  /** the run that answers it */
  readonly run: string;
  readonly eventId: string;
  readonly eventName: string;
  readonly time: string;
}

/** Whether an event was handled. An unreadable record, or one with another state, does not count. */
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

/** Notes that an event was handled: its run is or was the latest, and all its alerts were sent. */
export async function writeHandled(
  store: ObjectStore,
  prefix: string,
  { eventId, eventName, time }: Pick<ChangeEvent, 'eventId' | 'eventName' | 'time'>,
  run: string,
): Promise<void> {
  const record: EventRecord = { state: 'handled', run, eventId, eventName, time };
  await put(store, eventRecordKey(prefix, eventId), `${jsonText(record)}\n`, 'application/json');
}
