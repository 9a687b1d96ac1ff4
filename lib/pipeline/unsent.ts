import type { Alert } from '../ports/notifier.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { AccountNews } from '../render/digest-accounts.ts';
import type { FailedAccount } from '../render/digest-failed.ts';
import { jsonIn } from '../snapshot/json-in.ts';
import { jsonText } from '../snapshot/json-text.ts';
import {
  isUnsentAlert,
  isUnsentDigest,
  unsentAlertKey,
  unsentDigestKey,
  unsentFolder,
  unsentOfRun,
} from './keys.ts';
import { parallel } from './parallel.ts';
import type { Attempt } from './standing.ts';

/** An alert or a digest in `unsent/`, with everything needed to send it. */
interface Unsent extends Attempt {
  readonly schemaVersion: 1;
  /** when it was put there, ISO 8601 */
  readonly at: string;
}

export interface UnsentAlert extends Unsent {
  /** ids of the events of the run: they are handled when this was sent */
  readonly events: readonly string[];
  /** the sender adds the topic */
  readonly alert: Omit<Alert, 'topic'>;
}

export interface UnsentDigest extends Omit<Unsent, 'previous'> {
  /** undefined: the run was the latest already */
  readonly previous?: string | null;
  /** the places of its accounts */
  readonly accounts: readonly { readonly prefix: string }[];
  /** those that could not be audited */
  readonly failed?: readonly FailedAccount[];
  /** accounts of the organisation that came and went since the last digest; null, or left out: not known */
  readonly news?: AccountNews | null;
}

export interface ToSend {
  readonly at: string;
  readonly events: readonly string[];
  readonly alerts: readonly Alert[];
  /** whether the run is mailed by itself */
  readonly digest: boolean;
}

/**
 * Stores the alerts of an audit beside the runs, before the pointer moves: from then on the next step sends
 * them. Replaces the entries of an earlier attempt of the same run, which was compared with another run.
 */
export async function writeUnsent(
  store: ObjectStore,
  prefix: string,
  attempt: Attempt,
  { at, events, alerts, digest }: ToSend,
): Promise<void> {
  const about = { schemaVersion: 1, run: attempt.run, previous: attempt.previous, at } as const;
  const entries = new Map<string, UnsentAlert | UnsentDigest>(
    alerts.map(({ topic: _, ...alert }, n) => [
      unsentAlertKey(prefix, attempt.run, n, alert.key),
      { ...about, events, alert },
    ]),
  );
  if (digest) entries.set(unsentDigestKey(prefix, attempt.run), { ...about, accounts: [{ prefix }] });
  for (const key of await store.list(unsentOfRun(prefix, attempt.run))) {
    if (!entries.has(key)) await remove(store, key);
  }
  await parallel([...entries], ([key, entry]) => writeEntry(store, key, entry));
}

async function remove(store: ObjectStore, key: string): Promise<void> {
  const there = await store.get(key);
  if (there !== null) await store.delete(key, there.etag);
}

/** A repeated step finds its own entry; one of an earlier attempt is replaced. */
async function writeEntry(store: ObjectStore, key: string, entry: UnsentAlert | UnsentDigest): Promise<void> {
  const body = `${jsonText(entry)}\n`;
  for (;;) {
    if ((await store.create(key, body, 'application/json')) === 'created') return;
    const there = await store.get(key);
    if (there === null) continue;
    if (attemptIn(there.body)?.previous === entry.previous) return;
    if ((await store.replace(key, body, there.etag, 'application/json')) === 'replaced') return;
  }
}

function attemptIn(body: string): Attempt | null {
  const value = jsonIn(body) as Partial<Attempt> | null;
  const named = value?.previous === null || typeof value?.previous === 'string';
  return named && typeof value?.run === 'string' ? (value as Attempt) : null;
}

/** Notes that a run is to be mailed: its accounts have finished. */
export async function writeUnsentDigest(
  store: ObjectStore,
  run: string,
  about: Pick<UnsentDigest, 'at' | 'accounts' | 'failed' | 'news'>,
): Promise<void> {
  const entry: UnsentDigest = { schemaVersion: 1, run, ...about };
  await store.create(unsentDigestKey('', run), `${jsonText(entry)}\n`, 'application/json');
}

/** The waiting digests, the oldest run first. */
export const unsentDigests = async (store: ObjectStore): Promise<readonly string[]> =>
  (await store.list(unsentFolder(''), PAGE)).filter(isUnsentDigest);

/** Null: it is gone. */
export async function readUnsentDigest(store: ObjectStore, key: string): Promise<Read<UnsentDigest> | null> {
  const there = await store.get(key);
  if (there === null) return null;
  const value = jsonIn(there.body) as Partial<UnsentDigest> | null;
  const whole = typeof value?.run === 'string' && Array.isArray(value.accounts);
  return { etag: there.etag, entry: whole ? (value as UnsentDigest) : null };
}

/** Keys that one call reads: one page of a list. */
const PAGE = 1000;

/** The waiting alerts of an account, of one run or of all, the oldest run first. */
export async function unsentAlerts(
  store: ObjectStore,
  prefix: string,
  run?: string,
): Promise<readonly string[]> {
  const below = run === undefined ? unsentFolder(prefix) : unsentOfRun(prefix, run);
  return (await store.list(below, PAGE)).filter(isUnsentAlert);
}

export interface Read<Entry> {
  readonly etag: string;
  /** null: the object is damaged */
  readonly entry: Entry | null;
}

/** Null: it is gone. */
export async function readUnsentAlert(store: ObjectStore, key: string): Promise<Read<UnsentAlert> | null> {
  const there = await store.get(key);
  if (there === null) return null;
  const entry = attemptIn(there.body) as Partial<UnsentAlert> | null;
  const whole = typeof entry?.alert?.key === 'string';
  return {
    etag: there.etag,
    entry: whole ? ({ ...entry, events: entry.events ?? [] } as UnsentAlert) : null,
  };
}
