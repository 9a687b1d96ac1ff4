import { describe, expect, it } from 'vitest';
import { collectStep } from '../../lib/pipeline/collect.ts';
import { PART_STANDS_FOR } from '../../lib/pipeline/kept-parts.ts';
import { partsFolder, runKey, snapshotFile } from '../../lib/pipeline/keys.ts';
import { readSnapshot } from '../../lib/pipeline/load.ts';
import type { AccountSource } from '../../lib/ports/account-source.ts';
import type { ObjectStore } from '../../lib/ports/object-store.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { type Answers, gap, memorySource } from '../fixtures/memory-source.ts';
import { memoryStore } from './memory-store.ts';

const ID = '111122223333';
const PREFIX = `accounts/${ID}/`;
const identity = { Account: ID, Arn: `arn:aws:iam::${ID}:role/audit` };
const inRegion = (region: string, id: string): Answers => ({
  [`${region}/ec2.describe-instances`]: { Reservations: [{ Instances: [{ InstanceId: id }, {}] }] },
  [`${region}/ec2.describe-images`]: { Images: [{ ImageId: 'ami-1' }] },
  [`${region}/ec2.describe-image-attribute.ami-1`]: { ImageId: 'ami-1', LaunchPermissions: [] },
  [`${region}/ssm.describe-instance-information`]: {
    InstanceInformationList: [{ InstanceId: id, PingStatus: 'Online' }],
  },
});
const ANSWERS: Answers = {
  'sts.get-caller-identity': identity,
  'iam.get-account-authorization-details': {
    ...{ GroupDetailList: [], RoleDetailList: [], Policies: [] },
    UserDetailList: [{ UserName: 'alice', Arn: `arn:aws:iam::${ID}:user/alice` }],
  },
  ...inRegion('eu-west-1', 'i-1'),
  ...inRegion('us-east-1', 'i-2'),
};
const OTHER = JSON.parse(JSON.stringify(ANSWERS).replaceAll(ID, '444455556666')) as Answers;

/** Calls without an answer have none on purpose: they are not made again. */
const NOTHING = gap('denied', 'AccessDenied');

const START = Date.parse('2026-11-01T00:00:00Z');

function bench() {
  let now = START;
  const store = memoryStore();
  return {
    store,
    pass: (ms: number) => {
      now += ms;
    },
    /** Collects; `killAt`: the call that never returns. Returns the calls that were made. */
    async collect(
      run: string,
      {
        answers = ANSWERS,
        killAt = Number.POSITIVE_INFINITY,
        after = 0,
        tick = 0,
        on = store as ObjectStore,
      } = {},
    ) {
      const { calls, ...source } = memorySource(answers);
      const killed = new Error('killed');
      const read: AccountSource['read'] = async (call) => {
        if (calls.length >= killAt) throw killed;
        now += tick;
        const answer = await source.read(call);
        return answer.status === 'not-collected' ? NOTHING : answer;
      };
      const ports = {
        source: { ...source, read },
        store: on,
        clock: { now: () => new Date(now) },
        progress: { step: () => {} },
      };
      try {
        await collectStep(ports, { run, prefix: PREFIX, keepPartsAfter: after });
      } catch (error) {
        if (error !== killed) throw error;
      }
      return calls;
    },
    snapshot: (run: string): Promise<Snapshot> => readSnapshot(store, runKey(PREFIX, run, snapshotFile)),
    parts: () => store.list(partsFolder(PREFIX)),
  };
}

const timeless = ({ takenAt: _, coverage, ...snapshot }: Snapshot) => ({
  ...snapshot,
  coverage: coverage.map(({ askedAt: _asked, readAt, ...entry }) => ({ ...entry, isRead: readAt !== null })),
});

describe('collecting that is killed', () => {
  it('continues where it stopped, at any call, and gives the same snapshot', async () => {
    const whole = bench();
    const all = await whole.collect('whole');
    expect(all.length).toBeGreaterThan(30);
    for (let killAt = 0; killAt < all.length; killAt += 3) {
      const lab = bench();
      const before = await lab.collect('one', { killAt });
      const kept = await lab.parts();
      lab.pass(60_000);
      const again = await lab.collect('one');
      expect(timeless(await lab.snapshot('one'))).toEqual(timeless(await whole.snapshot('whole')));
      expect(await lab.parts()).toEqual([]);
      // no call of a stored part is made again
      const isKept = (call: string): boolean => {
        const [, region = 'global', service = ''] = /^(?:([^/]*)\/)?([^.]*)/.exec(call) ?? [];
        return kept.includes(`${partsFolder(PREFIX)}${region}.${service}.json.gz`);
      };
      expect(again.filter(isKept)).toEqual([]);
      expect(again.length).toBeLessThanOrEqual(all.length);
      if (killAt > all.length / 2) expect(kept.length).toBeGreaterThan(2);
      expect(before.length).toBe(killAt);
    }
  });

  it('records for each part when it was read', async () => {
    const lab = bench();
    const all = await lab.collect('whole');
    await lab.collect('one', { killAt: all.length - 1 });
    lab.pass(600_000);
    await lab.collect('two');
    const times = (await lab.snapshot('two')).coverage.map(
      ({ askedAt }) => Date.parse(askedAt ?? '') - START,
    );
    expect([...new Set(times)].sort((a, b) => a - b)).toEqual([0, 600_000]);
  });

  it('reads again parts that are too old, of another account, or damaged', async () => {
    for (const spoil of ['age', 'account', 'damage'] as const) {
      const lab = bench();
      const all = await lab.collect('whole');
      await lab.collect('one', { killAt: all.length - 1 });
      const parts = await lab.parts();
      expect(parts.length).toBeGreaterThan(3);
      if (spoil === 'age') lab.pass(PART_STANDS_FOR + 1);
      if (spoil === 'damage') {
        for (const key of parts) {
          await lab.store.delete(key, null);
          await lab.store.create(key, '{"schemaVersion":2');
        }
      }
      const again = await lab.collect('two', spoil === 'account' ? { answers: OTHER } : {});
      expect(again).toHaveLength(all.length);
    }
  });

  it('makes failed calls again, also those at the end of a session', async () => {
    for (const failed of [
      gap('failed', 'InternalError'),
      { ...gap('denied', 'ExpiredToken'), reason: 'session' },
    ]) {
      const lab = bench();
      const all = await lab.collect('whole');
      const answers = { ...ANSWERS, 'us-east-1/ec2.describe-images': failed };
      await lab.collect('one', { answers, killAt: all.length - 2 });
      expect(await lab.parts()).not.toContain(`${partsFolder(PREFIX)}us-east-1.ec2.json.gz`);
      expect(await lab.collect('one')).toContain('us-east-1/ec2.describe-images');
    }
  });

  it('stores nothing until it has taken long, and then everything that it has read', async () => {
    const lab = bench();
    const all = await lab.collect('whole');
    await lab.collect('one', { killAt: all.length - 1, after: all.length, tick: 1 });
    expect(await lab.parts()).toEqual([]);
    await lab.collect('one', { killAt: all.length - 1, after: all.length / 2, tick: 1 });
    const parts = await lab.parts();
    expect(parts).toContain(`${partsFolder(PREFIX)}global.iam.json.gz`);
    expect(parts.length).toBeGreaterThan(3);
  });

  it('is not stopped by a store that refuses parts', async () => {
    const lab = bench();
    const refuses = async () => {
      throw new Error('AccessDenied');
    };
    const on: ObjectStore = {
      ...lab.store,
      list: refuses,
      create: (key, body) => (key.includes('/parts/') ? refuses() : lab.store.create(key, body)),
    };
    await lab.collect('one', { on });
    expect((await lab.snapshot('one')).users).toHaveLength(1);
  });
});
