import { remembered } from '../memory/remembered.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { readLatest } from './latest.ts';
import { runIn, runsBack } from './run-record.ts';

/** An audit of a run as it was written before the pointer moved: it holds if the pointer moved from `previous` to `run`. */
export interface Attempt {
  readonly run: string;
  /** the run that was the latest, null for none */
  readonly previous: string | null;
}

/**
 * `adopted`: the run became the latest, now or once. `pending`: the pointer still stands where it stood, so the run
 * may yet become the latest. `superseded`: another run took its place, so it never will. `unknown`: records on the way
 * are missing or damaged.
 */
export type Standing = 'adopted' | 'pending' | 'superseded' | 'unknown';

/** How far back a run is looked for. What waits is drained by the runs that follow, so it is among the newest. */
const lookBack = 200;

/** Where an attempt stands, seen from the run that is the latest. Reads nothing where the latest alone decides. */
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

/** As `standingOf`; what is of one attempt stands alike, so each attempt is looked up once. */
export function standings(store: ObjectStore, prefix: string, latest: string | null): StandingOf {
  const known = new Map<string, Promise<Standing>>();
  return (attempt) => {
    const name = JSON.stringify([attempt.run, attempt.previous]);
    return remembered(known, name, () => standingNow(store, prefix, latest, attempt));
  };
}

/** The pointer may have moved on since it was read, past a run that nobody knew of then. */
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
