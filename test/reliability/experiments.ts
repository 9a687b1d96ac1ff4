import { COLLECT_FAULTS } from '../faults/collect-faults.ts';
import { STORE_FAULTS } from '../faults/store-faults.ts';
import { busyAccount } from './busy-account.ts';
import { eventBurst } from './event-burst.ts';
import { eventTwice } from './event-twice.ts';
import type { Experiment } from './fault-lab.ts';
import { handlerBurst } from './handler-burst.ts';
import { collectFaults, storeFaults } from './injected-faults.ts';
import { killedScans } from './killed-scans.ts';
import { publishTwice } from './publish-twice.ts';
import { randomKills } from './random-kills.ts';
import { refusedTopic } from './refused-topic.ts';

export interface Planned {
  readonly run: Experiment;
  /** the size of a test, and the size for a figure */
  readonly small: number;
  readonly full: number;
  /** what counts as lost */
  readonly lost: string;
}

const UNTOLD = 'a change without an alert';

/** Every experiment of `npm run reliability`, by its name on the page. */
export const EXPERIMENTS: Readonly<Record<string, Planned>> = {
  'random kills of checks and scans': { run: randomKills, small: 4, full: 160, lost: UNTOLD },
  'a topic that refuses': { run: refusedTopic, small: 12, full: 120, lost: UNTOLD },
  'send and publish twice at once': { run: publishTwice, small: 5, full: 100, lost: UNTOLD },
  'an event twice and a crash': { run: eventTwice, small: 30, full: 120, lost: UNTOLD },
  'a burst of events': { run: eventBurst, small: 300, full: 10_000, lost: UNTOLD },
  'a burst of events, over HTTP to the handler that is deployed': {
    run: handlerBurst,
    small: 250,
    full: 10_000,
    lost: 'a change without a message, a malformed event that is not set aside, an event that is never processed',
  },
  'a busy account, every scan overtaken': {
    run: busyAccount,
    small: 5,
    full: 60,
    lost: `a scan that is not adopted, an event that names no actor, ${UNTOLD}`,
  },
  'SIGKILL of local scans, one and two at a time': {
    run: killedScans,
    small: 4,
    full: 160,
    lost: 'an alert of a run that became the latest and is not in the outbox',
  },
  'faults of collecting': {
    run: collectFaults,
    small: 4,
    full: COLLECT_FAULTS.length,
    lost: 'a part that counts as the whole, a gap that coverage does not name, a call that never ends',
  },
  'faults of the store': {
    run: storeFaults,
    small: 3,
    full: STORE_FAULTS.length,
    lost: 'an outcome that differs from what the bucket contains, half an object, a call that never ends',
  },
};
