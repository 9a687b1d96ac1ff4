import { collectAccount } from '../collect/collect.ts';
import type { AccountSource } from '../ports/account-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { runKey } from './keys.ts';
import { readSnapshot } from './load.ts';

export interface CollectInput {
  readonly run: string;
  readonly prefix: string;
}

/** Small enough to travel between the states of a state machine: counts, and where the snapshot is. */
export interface CollectOutput extends CollectInput {
  readonly accountId: string;
  readonly instances: number;
  readonly principals: number;
  /** calls that were denied, failed, could not be read or were not made */
  readonly gaps: number;
}

/**
 * Collects one account into `<prefix>runs/<run>/snapshot.json`, which is never overwritten: a step that is tried again
 * after it wrote its snapshot answers with what it wrote.
 */
export async function collectStep(
  ports: {
    readonly source: AccountSource;
    readonly store: ObjectStore;
    readonly clock: Clock;
    readonly progress: Progress;
  },
  input: CollectInput,
): Promise<CollectOutput> {
  const key = runKey(input.prefix, input.run, 'snapshot.json');
  if ((await ports.store.get(key)) !== null) return summary(input, await readSnapshot(ports.store, key));
  const snapshot = await collectAccount(ports.source, ports.clock.now(), ports.progress);
  const wrote = await ports.store.create(key, JSON.stringify(snapshot), 'application/json');
  return summary(input, wrote === 'created' ? snapshot : await readSnapshot(ports.store, key));
}

const summary = (input: CollectInput, snapshot: Snapshot): CollectOutput => ({
  accountId: snapshot.accountId,
  run: input.run,
  prefix: input.prefix,
  instances: snapshot.regions.reduce((sum, { instances }) => sum + (instances?.length ?? 0), 0),
  principals: snapshot.users.length + snapshot.roles.length,
  gaps: snapshot.coverage.filter(({ status }) => status !== 'collected').length,
});
