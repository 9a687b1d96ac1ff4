import type { Notifier } from '../ports/notifier.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { type SendOncePorts, sendOnce } from '../publish/send-once.ts';
import { alertRecordKey } from './keys.ts';
import { readLatest } from './latest.ts';
import { type StandingOf, standings } from './standing.ts';
import { unheardOn } from './unheard.ts';
import { readUnsentAlert, type UnsentAlert, unsentAlerts } from './unsent.ts';

export interface SendPorts extends SendOncePorts {
  readonly notifier: Notifier;
}

export interface SendInput {
  readonly prefix: string;
  readonly topic: string;
  /** its alerts go out first */
  readonly run?: string;
}

export interface SendOutput {
  readonly sent: number;
  /** alerts that are still in `unsent/`: refused, being sent by another, or not reached */
  readonly waiting: number;
  /** those of them that another command is sending now */
  readonly beingSent: number;
  /** alerts of the first scan in `unsent/`, in addition to these, that wait for a subscriber */
  readonly unheard: number;
  /** number of alerts that the notifier, or the store, refused */
  readonly refused: number;
  /** the longest waiting time; null: not known */
  readonly oldestSeconds: number | null;
  /** one line for each problem */
  readonly problems: readonly string[];
}

/** Alerts that one call handles, so that a call always ends. */
export const mostPerCall = 100;

/**
 * A call starts no further alert after this many milliseconds: a topic that hangs must not delay later steps.
 */
export const sendingStopsAfter = 90_000;

export interface Drained extends SendOutput {
  /** examined alerts that are still to be sent */
  readonly left: readonly UnsentAlert[];
  /** keys of those that were not reached */
  readonly notLooked: readonly string[];
}

/**
 * Sends the alerts of an account that wait in `unsent/`, of any run: first those of its own run, then the
 * oldest. Each separately: a refused one stays and stops no other. Alerts of an audit that did not become the
 * latest are deleted.
 */
export async function sendStep(ports: SendPorts, input: SendInput): Promise<SendOutput> {
  const { left: _, notLooked: __, ...output } = await drain(ports, input);
  return output;
}

/** Like `sendStep`, with the remaining alerts. */
export async function drain(ports: SendPorts, input: SendInput): Promise<Drained> {
  const { store, clock } = ports;
  const keys = await inOrder(store, input);
  const tally: Tally = {
    ...{ sent: 0, refused: 0, beingSent: 0, unreadable: 0 },
    ...{ problems: [], left: [], unheard: [] },
  };
  if (keys.length === 0) return outcome(tally, [], clock.now());
  // after the list: the entries are judged by a pointer that is at least as new
  const { run: latest } = await readLatest(store, input.prefix);
  const about: About = {
    ...input,
    standingOf: standings(store, input.prefix, latest),
    isUnheard: unheardOn(ports.notifier, input.topic),
  };
  const began = clock.now().getTime();
  let looked = 0;
  for (const key of keys) {
    // alerts without a receiver are put back at once and must not delay others
    const taken = looked - tally.unheard.length;
    if (taken >= mostPerCall || clock.now().getTime() - began > sendingStopsAfter) break;
    await take(ports, about, key, tally);
    looked += 1;
  }
  return outcome(tally, keys.slice(looked), clock.now());
}

function outcome(tally: Tally, notLooked: readonly string[], now: Date): Drained {
  const { unreadable, unheard, ...drained } = tally;
  const waiting = drained.left.length + unreadable + notLooked.length;
  const oldestSeconds = oldestOf([...drained.left, ...unheard], now);
  const problems = unheard.length === 0 ? drained.problems : [...drained.problems, nobody(unheard.length)];
  return { ...drained, problems, notLooked, waiting, unheard: unheard.length, oldestSeconds };
}

const nobody = (count: number): string =>
  `${count} alerts of the first scan wait in \`unsent/\`: no subscription of the topic is confirmed: confirm one, and the next scan or check sends them`;

/** What is sent, and what decides about it. */
interface About extends SendInput {
  readonly standingOf: StandingOf;
  readonly isUnheard: ReturnType<typeof unheardOn>;
}

/** The counts of a call so far. */
interface Tally {
  sent: number;
  refused: number;
  beingSent: number;
  unreadable: number;
  readonly problems: string[];
  readonly left: UnsentAlert[];
  readonly unheard: UnsentAlert[];
}

async function inOrder(store: ObjectStore, { prefix, run }: SendInput): Promise<readonly string[]> {
  const keys = await unsentAlerts(store, prefix);
  if (run === undefined) return keys;
  const own = await unsentAlerts(store, prefix, run);
  return [...own, ...keys.filter((key) => !own.includes(key))];
}

function oldestOf(left: readonly UnsentAlert[], now: Date): number | null {
  const oldest = Math.min(...left.map(({ at }) => Date.parse(at)).filter((at) => !Number.isNaN(at)));
  return Number.isFinite(oldest) ? Math.round((now.getTime() - oldest) / 1000) : null;
}

/** Handles one of the alerts; a problem with it is reported and stops no other. */
async function take(ports: SendPorts, about: About, key: string, tally: Tally): Promise<void> {
  let entry: UnsentAlert | null = null;
  try {
    const read = await readUnsentAlert(ports.store, key);
    if (read === null) return;
    entry = read.entry;
    if (entry === null)
      throw new Error('it is damaged: the report of its run has what it said; then delete it');
    const standing = await about.standingOf(entry);
    if (standing === 'pending') return;
    if (standing !== 'superseded' && (await about.isUnheard(entry))) {
      tally.unheard.push(entry);
      return;
    }
    if (standing !== 'superseded' && !(await send(ports, about, entry, tally))) return;
    await ports.store.delete(key, read.etag);
  } catch (error) {
    tally.refused += 1;
    if (entry === null) tally.unreadable += 1;
    else tally.left.push(entry);
    const what =
      entry === null ? `\`${key}\`` : `alert \`${entry.alert.subject}\`, which waits in \`${key}\``;
    tally.problems.push(`cannot send ${what}: ${(error as Error).message}`);
  }
}

/** Whether it was sent, now or before. */
async function send(
  ports: SendPorts,
  { prefix, topic }: SendInput,
  entry: UnsentAlert,
  tally: Tally,
): Promise<boolean> {
  const { alert, run } = entry;
  const attributes = { ...alert.attributes, key: alert.key };
  const { outcome, problem } = await sendOnce(ports, alertRecordKey(prefix, alert.key), () =>
    ports.notifier.publish({ ...alert, topic, attributes }, run),
  );
  if (problem !== undefined) tally.problems.push(`alert \`${alert.subject}\`: ${problem}: sent again`);
  if (outcome === 'sent') tally.sent += 1;
  if (outcome === 'being-sent') {
    tally.left.push(entry);
    tally.beingSent += 1;
  }
  return outcome !== 'being-sent';
}
