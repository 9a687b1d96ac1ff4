import { remembered } from '../memory/remembered.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { readLatest } from './latest.ts';
import { runIn, runsBack } from './run-record.ts';

/**
 * An audit of a run as written before the pointer moved: it is valid if the pointer moved from `previous` to
 * `run`.
 */
export interface Attempt {
  readonly run: string;
  /** the run that was the latest, null for none */
  readonly previous: string | null;
}

/**
 * `adopted`: the run became the latest, now or earlier. `pending`: the pointer has not moved, so the run may
 * still become the latest. `superseded`: another run took its place, so it never will. `unknown`: records on
 * the way are missing or damaged.
 */
export type Standing = 'adopted' | 'pending' | 'superseded' | 'unknown';

/**
 * How far back a run is searched. Waiting alerts are sent by the following runs, so it is among the newest.
 */
const lookBack = 200;

/** The state of an attempt, seen from the latest run. Reads nothing if the latest run alone decides. */
export async function standingOf(
  store: ObjectStore,
  prefix: string,
  latest: string | null,
  { run, previous }: Attempt,
): Promise<Standing> {
  if (latest === run) return 'adopted';
  if (latest === previous) return 'pending';
  try {
    for await (const step of runsBack(store, prefix, latest, lookBack)) {
      if (step.run === run) return 'adopted';
      if (runIn(step.record.previous) === previous) return 'superseded';
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  return 'unknown';
}

export type StandingOf = (attempt: Attempt) => Promise<Standing>;

/** Like `standingOf`; entries of one attempt have the same state, so each attempt is looked up once. */
export function standings(store: ObjectStore, prefix: string, latest: string | null): StandingOf {
  const known = new Map<string, Promise<Standing>>();
  return (attempt) => {
    const name = JSON.stringify([attempt.run, attempt.previous]);
    return remembered(known, name, () => standingNow(store, prefix, latest, attempt));
  };
}

/** The pointer may have moved on since it was read, past an unknown run. */
async function standingNow(
  store: ObjectStore,
  prefix: string,
  latest: string | null,
  attempt: Attempt,
): Promise<Standing> {
  const standing = await standingOf(store, prefix, latest, attempt);
  if (standing !== 'unknown') return standing;
  const { run: now } = await readLatest(store, prefix);
  return now === latest ? standing : standingOf(store, prefix, now, attempt);
}
