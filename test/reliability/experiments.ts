import { busyAccount } from './busy-account.ts';
import { eventBurst } from './event-burst.ts';
import { eventTwice } from './event-twice.ts';
import type { Experiment } from './fault-lab.ts';
import { killedScans } from './killed-scans.ts';
import { publishTwice } from './publish-twice.ts';
import { randomKills } from './random-kills.ts';
import { refusedTopic } from './refused-topic.ts';

/** Each with a size that a test takes, and the one that a figure is worth. */
export const EXPERIMENTS: Readonly<
  Record<string, { readonly run: Experiment; readonly small: number; readonly full: number }>
> = {
  'random kills of checks and scans': { run: randomKills, small: 4, full: 160 },
  'a topic that refuses': { run: refusedTopic, small: 12, full: 120 },
  'send and publish twice at once': { run: publishTwice, small: 5, full: 100 },
  'an event twice and a crash': { run: eventTwice, small: 30, full: 120 },
  'a busy account, every scan overtaken': { run: busyAccount, small: 5, full: 60 },
  'a burst of events': { run: eventBurst, small: 300, full: 10_000 },
  'SIGKILL of local scans, two at a time': { run: killedScans, small: 2, full: 160 },
};
