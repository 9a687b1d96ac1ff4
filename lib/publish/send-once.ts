import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** How long a sender may take before another may believe that it died, in milliseconds: longer than any function runs. */
export const sendingTakesAtMost = 5 * 60_000;

/** What the store holds of something that is sent once. */
interface SendRecord {
  /** `refused`: it was tried and is free to be tried again */
  readonly state: 'sending' | 'sent' | 'refused';
  /** who sends it */
  readonly invocation: string;
  /** ISO 8601 */
  readonly at: string;
}

export interface SendOncePorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** names one call of one step; no other call has the same */
  readonly invocation: string;
  /** milliseconds, where it is not `sendingTakesAtMost`: 0 where the same thing may be handed over twice and counts once */
  readonly sendingTakesAtMost?: number;
}

/** `being-sent`: somebody else has claimed it and may be alive. */
export interface Sent {
  readonly outcome: 'sent' | 'sent-before' | 'being-sent';
  /** what was wrong with the record of it */
  readonly problem?: string;
}

/**
 * Sends something once, whoever else tries: claims `key` in the store, sends, and notes that it went out. A claim of
 * the same invocation, and one that is older than `sendingTakesAtMost`, is taken over, since its holder died between
 * claim and note; only then can the same thing go out twice. What `send` throws is thrown, and gives the claim back.
 */
export async function sendOnce(ports: SendOncePorts, key: string, send: () => Promise<void>): Promise<Sent> {
  const claimed = await claim(ports, key);
  if (claimed.etag === null) return { outcome: claimed.outcome };
  const { etag, problem } = claimed;
  try {
    await send();
  } catch (error) {
    // where even this fails, the claim ends by its age
    await note(ports, key, 'refused', etag).catch(() => {});
    throw error;
  }
  await note(ports, key, 'sent', etag);
  return { outcome: 'sent', ...(problem !== undefined && { problem }) };
}

/** Whether something is noted as sent. A record that cannot be read does not say so. */
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

/** The claim that was written just now, unless another one took its place. */
async function ownClaim(store: ObjectStore, key: string, mine: string): Promise<Claim> {
  const there = await store.get(key);
  return there?.body === mine ? { etag: there.etag } : BEING_SENT;
}

/** A clock that was set back must not keep a claim alive for ever. */
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
