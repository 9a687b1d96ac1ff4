import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** How long a sender may take before another may believe that it died, in milliseconds. */
export const sendingTakesAtMost = 5 * 60_000;

/** What the store holds of something that is sent once. */
interface SendRecord {
  readonly state: 'sending' | 'sent';
  /** the run that sends it */
  readonly run: string;
  /** ISO 8601 */
  readonly at: string;
}

/**
 * Sends something once, whoever else tries: claims `key` in the store, sends, and notes that it went out. A claim of
 * the same run (a step that is tried again) or one that is older than `sendingTakesAtMost` is taken over, since its
 * holder died between claim and note; only then can the same thing go out twice. True when this call sent it.
 */
export async function sendOnce(
  ports: { readonly store: ObjectStore; readonly clock: Clock },
  key: string,
  run: string,
  send: () => Promise<void>,
): Promise<boolean> {
  const etag = await claim(ports, key, run);
  if (etag === null) return false;
  await send();
  await ports.store.replace(key, recordText('sent', run, ports.clock), etag, contentType);
  return true;
}

const contentType = 'application/json';

const recordText = (state: SendRecord['state'], run: string, clock: Clock): string =>
  `${JSON.stringify({ state, run, at: clock.now().toISOString() } satisfies SendRecord)}\n`;

/** The tag of the claim, or null where it is sent already or somebody else is sending it. */
async function claim(
  { store, clock }: { readonly store: ObjectStore; readonly clock: Clock },
  key: string,
  run: string,
): Promise<string | null> {
  const mine = recordText('sending', run, clock);
  if ((await store.create(key, mine, contentType)) === 'exists') {
    const there = await store.get(key);
    if (there === null || !isAbandoned(there.body, run, clock)) return null;
    if ((await store.replace(key, mine, there.etag, contentType)) === 'conflict') return null;
  }
  const claimed = await store.get(key);
  return claimed?.body === mine ? claimed.etag : null;
}

function isAbandoned(body: string, run: string, clock: Clock): boolean {
  const record = JSON.parse(body) as SendRecord;
  if (record.state === 'sent') return false;
  return record.run === run || clock.now().getTime() - Date.parse(record.at) > sendingTakesAtMost;
}
