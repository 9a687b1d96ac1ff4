import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/**
 * How long a sender may take before another may assume that it died, in milliseconds: one message with all its tries,
 * each of which ends after 20 seconds of silence, and the pauses between them.
 */
export const sendingTakesAtMost = 5 * 60_000;

/** The record of something that is sent once. */
interface SendRecord {
  /** `refused`: it was tried and is free to be tried again */
  readonly state: 'sending' | 'sent' | 'refused';
  /** the sender */
  readonly invocation: string;
  /** ISO 8601 */
  readonly at: string;
}

export interface SendOncePorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** names one call of one step; no other call has the same */
  readonly invocation: string;
  /** milliseconds, instead of `sendingTakesAtMost`: 0 if sending the same thing twice counts once */
  readonly sendingTakesAtMost?: number;
}

/** `being-sent`: somebody else has claimed it and may still be running. */
export interface Sent {
  readonly outcome: 'sent' | 'sent-before' | 'being-sent';
  /** the problem of its record */
  readonly problem?: string;
}

/**
 * Sends something once, even with concurrent callers: claims `key` in the store, sends, and notes that it was
 * sent. A claim of the same invocation, or one older than `sendingTakesAtMost`, is taken over, since its
 * holder died between claim and note; only then can the same thing be sent twice. Errors of `send` are
 * rethrown after the claim is released.
 */
export async function sendOnce(ports: SendOncePorts, key: string, send: () => Promise<void>): Promise<Sent> {
  const claimed = await claim(ports, key);
  if (claimed.etag === null) return { outcome: claimed.outcome };
  const { etag, problem } = claimed;
  try {
    await send();
  } catch (error) {
    // if even this fails, the claim expires
    await note(ports, key, 'refused', etag).catch(() => {});
    throw error;
  }
  await note(ports, key, 'sent', etag);
  return { outcome: 'sent', ...(problem !== undefined && { problem }) };
}

/** Whether something is noted as sent. An unreadable record does not count. */
export async function wasSent(store: ObjectStore, key: string): Promise<boolean> {
  const there = await store.get(key);
  return there !== null && recordIn(there.body)?.state === 'sent';
}

const contentType = 'application/json';

const recordText = ({ clock, invocation }: SendOncePorts, state: SendRecord['state']): string =>
  `${JSON.stringify({ state, invocation, at: clock.now().toISOString() } satisfies SendRecord)}\n`;

const note = (ports: SendOncePorts, key: string, state: SendRecord['state'], etag: string) =>
  ports.store.replace(key, recordText(ports, state), etag, contentType);

type Claim =
  | { readonly etag: string; readonly problem?: string }
  | { readonly etag: null; readonly outcome: 'sent-before' | 'being-sent' };

const BEING_SENT: Claim = { etag: null, outcome: 'being-sent' };

/** The tag of the claim, or why it could not be made. */
async function claim(ports: SendOncePorts, key: string): Promise<Claim> {
  const { store } = ports;
  const mine = recordText(ports, 'sending');
  if ((await store.create(key, mine, contentType)) !== 'exists') return ownClaim(store, key, mine);
  const there = await store.get(key);
  if (there === null) return BEING_SENT;
  const record = recordIn(there.body);
  if (record?.state === 'sent') return { etag: null, outcome: 'sent-before' };
  if (record !== null && !isFree(record, ports)) return BEING_SENT;
  const taken = await store.replace(key, mine, there.etag, contentType);
  if (taken === 'conflict') return BEING_SENT;
  const own = await ownClaim(store, key, mine);
  if (own.etag === null || record !== null) return own;
  return { ...own, problem: `\`${key}\` cannot be read, so it is not known whether this went out before` };
}

/** The claim that was just written, unless another one replaced it. */
async function ownClaim(store: ObjectStore, key: string, mine: string): Promise<Claim> {
  const there = await store.get(key);
  return there?.body === mine ? { etag: there.etag } : BEING_SENT;
}

/** A clock that was set back must not keep a claim for ever. */
function isFree({ state, invocation, at }: SendRecord, ports: SendOncePorts): boolean {
  if (state === 'refused' || invocation === ports.invocation) return true;
  const longest = ports.sendingTakesAtMost ?? sendingTakesAtMost;
  return Math.abs(ports.clock.now().getTime() - Date.parse(at)) >= longest;
}

/** Null: it is not such a record. */
function recordIn(body: string): SendRecord | null {
  try {
    const { state, invocation, at } = JSON.parse(body) as Partial<SendRecord>;
    if (state === 'sent') return { state, invocation: String(invocation), at: String(at) };
    if (state !== 'sending' && state !== 'refused') return null;
    if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return null;
    return { state, invocation: String(invocation), at };
  } catch {
    return null;
  }
}
