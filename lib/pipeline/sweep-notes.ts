import { sha256 } from '../findings/sha256.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import {
  alertNotesFolder,
  eventNotesFolder,
  mailNotesFolder,
  noteOfUnsentAlert,
  runOfUnsent,
  unsentFolder,
} from './keys.ts';
import { parallel } from './parallel.ts';
import { DAY, isBefore, type SweepInput, type Swept } from './retention.ts';

/**
 * Notes are kept at least this many days: queues keep an event, and a failed scan can be redriven, for 14.
 */
const NOTE_DAYS = 30;

/** Keys that one sweep lists, and notes that it reads: a sweep always ends. */
const LISTED = 20_000;
const READ = 1000;

/** Keys of alerts begin with their subject. */
export const ALERT_KINDS = ['b', 'd', 'f', 'r'];

const DIGITS = '0123456789abcdef';

type Ports = { readonly store: ObjectStore; readonly clock: Clock };
type Input = Pick<SweepInput, 'prefix' | 'keepDays'>;

/**
 * Deletes an account's notes about handled events and sent alerts that are older than this many days; 0 keeps
 * all. A note detects a repetition, so the one of an alert that still waits stays. Names of notes contain no
 * time: each call reads one of sixteen parts at random, so over time all. It never throws.
 */
export async function sweepNotes({ store, clock }: Ports, input: Input): Promise<Swept> {
  return swept(clock, input.keepDays, async (horizon, remove) => {
    const unsent = await store.list(unsentFolder(input.prefix));
    const waiting = new Set(unsent.map((key) => noteOfUnsentAlert(input.prefix, key)));
    const chance = Number.parseInt(sha256(clock.now().toISOString()).slice(0, 8), 16);
    const digit = DIGITS[chance % DIGITS.length] as string;
    const parts = [
      `${eventNotesFolder(input.prefix)}${digit}`,
      ...ALERT_KINDS.map((kind) => `${alertNotesFolder(input.prefix)}${kind}-${digit}`),
    ];
    for (const part of parts) {
      const keys = (await store.list(part, LISTED)).filter((key) => !waiting.has(key));
      await parallel(someFrom(keys, chance), async (key) => {
        const note = await store.get(key);
        if (note !== null && isOld(note.body, horizon)) await remove(() => store.delete(key, note.etag));
      });
    }
  });
}

/** Like `sweepNotes`, for the mails of all accounts: their notes are named after their run. */
export async function sweepMailNotes(
  { store, clock }: Ports,
  { keepDays }: Pick<Input, 'keepDays'>,
): Promise<Swept> {
  return swept(clock, keepDays, async (horizon, remove) => {
    const waiting = (await store.list(unsentFolder(''))).map((key) => runOfUnsent('', key));
    const keys = await store.list(mailNotesFolder, LISTED);
    const old = keys.filter((key) => {
      const name = key.slice(mailNotesFolder.length);
      return isBefore(name, horizon) && !waiting.some((run) => name.startsWith(run));
    });
    await parallel(old.slice(0, READ), (key) => remove(() => store.delete(key, null)));
  });
}

async function swept(
  clock: Clock,
  keepDays: number,
  sweep: (
    horizon: number,
    remove: (del: () => ReturnType<ObjectStore['delete']>) => Promise<void>,
  ) => Promise<void>,
): Promise<Swept> {
  let deleted = 0;
  if (keepDays <= 0) return { deleted, problem: null };
  const horizon = clock.now().getTime() - Math.max(keepDays, NOTE_DAYS) * DAY;
  try {
    await sweep(horizon, async (del) => {
      if ((await del()) === 'deleted') deleted += 1;
    });
    return { deleted, problem: null };
  } catch (error) {
    return { deleted, problem: `notes that expired are not deleted: ${(error as Error).message}` };
  }
}

/** As many keys as one call reads, from a random position of the list on. */
function someFrom(keys: readonly string[], chance: number): readonly string[] {
  const start = keys.length === 0 ? 0 : chance % keys.length;
  return [...keys.slice(start), ...keys.slice(0, start)].slice(0, READ);
}

/** When something was sent, or an event happened. An unreadable note has no time. */
function isOld(body: string, horizon: number): boolean {
  try {
    const { at, time } = JSON.parse(body) as { readonly at?: unknown; readonly time?: unknown };
    return Date.parse(String(at ?? time)) < horizon;
  } catch {
    return false;
  }
}
