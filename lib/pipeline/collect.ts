import { callName } from '../collect/aws-call.ts';
import { IDENTITY_CENTER_CALLS } from '../collect/calls/identity-center.ts';
import { CALLS } from '../collect/calls.ts';
import { collectAccount } from '../collect/collect.ts';
import type { AccountSource } from '../ports/account-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import { isGap } from '../snapshot/age.ts';
import { placeOf, problemPlace } from '../snapshot/parts.ts';
import type { Snapshot, SnapshotSettings } from '../snapshot/snapshot.ts';
import { snapshotText } from '../snapshot/stored-snapshot.ts';
import { storedParts } from './kept-parts.ts';
import { GZIP_TYPE, runKey, snapshotFile } from './keys.ts';
import { readSnapshot } from './load.ts';

export interface CollectInput {
  readonly run: string;
  readonly prefix: string;
  /** evaluation settings, now and later; absent: the defaults */
  readonly settings?: SnapshotSettings;
  /** milliseconds after which parts are stored for another try; absent: never */
  readonly keepPartsAfter?: number;
}

export interface CollectPorts {
  readonly source: AccountSource;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly progress: Progress;
}

/** Small enough to pass between the states of a state machine: counts, and the key of the snapshot. */
export interface CollectOutput extends Omit<CollectInput, 'settings' | 'keepPartsAfter'> {
  readonly accountId: string;
  readonly instances: number;
  readonly principals: number;
  /** calls that verdicts depend on and that were denied, failed, unreadable or not made */
  readonly gaps: number;
  /** such calls on which no verdict depends */
  readonly keptGaps: number;
  /** items of answers that could not be read */
  readonly leftOut: number;
  /** unreadable or incomplete answers, and unreadable items of them; the first */
  readonly unreadable: readonly string[];
}

/**
 * Collects one account into `<prefix>runs/<run>/snapshot.json.gz`. A repeated step that had written its
 * snapshot returns what it wrote; one that was killed before continues with the stored parts.
 */
export async function collectStep(ports: CollectPorts, input: CollectInput): Promise<CollectOutput> {
  const key = runKey(input.prefix, input.run, snapshotFile);
  if ((await ports.store.get(key)) !== null) return summary(input, await readSnapshot(ports.store, key));
  const { source, clock, progress } = ports;
  const { keepPartsAfter: after } = input;
  const parts = after === undefined ? null : storedParts(ports, input.prefix, after);
  const collected = await collectAccount(source, clock.now(), progress, { clock, ...(parts && { parts }) });
  const snapshot = input.settings ? { ...collected, settings: input.settings } : collected;
  const wrote = await ports.store.create(key, snapshotText(snapshot), GZIP_TYPE);
  await parts?.clear();
  return summary(input, wrote === 'created' ? snapshot : await readSnapshot(ports.store, key));
}

/** Their answers are stored unchanged, or identify people. */
const KEPT: ReadonlySet<string> = new Set(
  [...CALLS.filter(({ reader }) => reader === 'kept'), ...IDENTITY_CENTER_CALLS].map(callName),
);

const summary = (input: CollectInput, snapshot: Snapshot): CollectOutput => ({
  accountId: snapshot.accountId,
  run: input.run,
  prefix: input.prefix,
  instances: snapshot.regions.reduce((sum, { instances }) => sum + (instances?.length ?? 0), 0),
  principals: snapshot.users.length + snapshot.roles.length,
  gaps: snapshot.coverage.filter((entry) => isGap(entry) && !KEPT.has(entry.call)).length,
  keptGaps: snapshot.coverage.filter((entry) => isGap(entry) && KEPT.has(entry.call)).length,
  leftOut: snapshot.problems?.length ?? 0,
  unreadable: unreadableIn(snapshot).slice(0, MOST_NAMED),
});

function unreadableIn({ coverage, problems = [] }: Snapshot): readonly string[] {
  const answers = coverage.filter(({ status }) => status === 'unreadable');
  const answered = new Set(answers.map(placeOf));
  return [
    ...answers.map((entry) => `${placeOf(entry)}: ${entry.detail}`),
    ...problems
      .filter(({ path }) => !answered.has(problemPlace(path)))
      .map((one) => `${one.path}: ${one.message}`),
  ];
}

/** The output passes between the states of a state machine. */
const MOST_NAMED = 20;
