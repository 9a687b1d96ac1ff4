import type { Scope } from '../cloudtrail/scope.ts';
import { collectAccount } from '../collect/collect.ts';
import { recollect } from '../collect/recollect.ts';
import type { AccountSource } from '../ports/account-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import type { Snapshot, SnapshotSettings } from '../snapshot/snapshot.ts';
import { writeSnapshot } from '../snapshot/stored-snapshot.ts';
import { runKey } from './keys.ts';
import { readLatest } from './latest.ts';
import { readSnapshot } from './load.ts';
import { runsBack } from './run-record.ts';

export interface CollectInput {
  readonly run: string;
  readonly prefix: string;
  /** how the snapshot is to be judged, now and later; absent: the defaults */
  readonly settings?: SnapshotSettings;
}

export interface CollectPorts {
  readonly source: AccountSource;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly progress: Progress;
}

/** Small enough to travel between the states of a state machine: counts, and where the snapshot is. */
export interface CollectOutput extends Omit<CollectInput, 'settings'> {
  readonly accountId: string;
  readonly instances: number;
  readonly principals: number;
  /** calls that were denied, failed, could not be read or were not made */
  readonly gaps: number;
  /** items of answers that could not be read */
  readonly leftOut: number;
}

/**
 * Collects one account into `<prefix>runs/<run>/snapshot.json`, which is never overwritten: a step that is tried again
 * after it wrote its snapshot answers with what it wrote.
 */
export async function collectStep(ports: CollectPorts, input: CollectInput): Promise<CollectOutput> {
  const key = runKey(input.prefix, input.run, 'snapshot.json');
  if ((await ports.store.get(key)) !== null) return summary(input, await readSnapshot(ports.store, key));
  const collected = await collectAccount(ports.source, ports.clock.now(), ports.progress);
  const caught = await caughtUp(ports, input.prefix, collected);
  const snapshot = input.settings ? { ...caught, settings: input.settings } : caught;
  const wrote = await ports.store.create(key, writeSnapshot(snapshot), 'application/json');
  return summary(input, wrote === 'created' ? snapshot : await readSnapshot(ports.store, key));
}

/** More checks than one collecting meets. */
const lookBack = 200;

/**
 * Collecting takes minutes, and events are checked meanwhile: what they touched may have been read before they changed
 * it, and is read once more. Otherwise the audit would take back what the check told, and the next scan tell it again.
 */
async function caughtUp(ports: CollectPorts, prefix: string, snapshot: Snapshot): Promise<Snapshot> {
  const { store, source, clock, progress } = ports;
  const latest = await readLatest(store, prefix);
  const scopes: Scope[] = [];
  for await (const { record } of runsBack(store, prefix, latest.run, lookBack)) {
    if (record.takenAt <= snapshot.takenAt) break;
    scopes.push(...(record.scopes ?? []));
  }
  if (scopes.length === 0) return snapshot;
  progress.step('reading again what changed meanwhile');
  return recollect(source, snapshot, scopes, clock.now(), progress);
}

const summary = (input: CollectInput, snapshot: Snapshot): CollectOutput => ({
  accountId: snapshot.accountId,
  run: input.run,
  prefix: input.prefix,
  instances: snapshot.regions.reduce((sum, { instances }) => sum + (instances?.length ?? 0), 0),
  principals: snapshot.users.length + snapshot.roles.length,
  gaps: snapshot.coverage.filter(({ status }) => status !== 'collected').length,
  leftOut: snapshot.problems?.length ?? 0,
});
