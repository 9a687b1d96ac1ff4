import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { jsonText } from '../snapshot/json-text.ts';
import { eventRecordKey } from './keys.ts';
import { put } from './put.ts';

/** What became of an event: `run` answers it, and `handled` says that its alerts went out too. */
export interface EventRecord {
  readonly state: 'pending' | 'handled';
  readonly run: string;
  readonly eventId: string;
  readonly eventName: string;
  readonly time: string;
}

export async function readEventRecord(
  store: ObjectStore,
  prefix: string,
  eventId: string,
): Promise<EventRecord | null> {
  const object = await store.get(eventRecordKey(prefix, eventId));
  return object === null ? null : (JSON.parse(object.body) as EventRecord);
}

/** Notes which run answers an event, before that run becomes the latest and again when its alerts went out. */
export async function writeEventRecord(
  store: ObjectStore,
  prefix: string,
  event: Pick<ChangeEvent, 'eventId' | 'eventName' | 'time'>,
  about: Pick<EventRecord, 'state' | 'run'>,
): Promise<void> {
  const record: EventRecord = {
    ...about,
    eventId: event.eventId,
    eventName: event.eventName,
    time: event.time,
  };
  await put(store, eventRecordKey(prefix, event.eventId), `${jsonText(record)}\n`, 'application/json');
}
