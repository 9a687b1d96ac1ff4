import { describe, expect, it } from 'vitest';
import { randomOf } from '../../bench/random.ts';
import { checkStep } from '../../lib/pipeline/check.ts';
import { unsentAlertKey } from '../../lib/pipeline/keys.ts';
import { readLatest } from '../../lib/pipeline/latest.ts';
import { readAudit } from '../../lib/pipeline/load.ts';
import { runName } from '../../lib/pipeline/plan.ts';
import { readReport } from '../../lib/pipeline/read-report.ts';
import { sweepRuns } from '../../lib/pipeline/retention.ts';
import { readRunRecord, runIn } from '../../lib/pipeline/run-record.ts';
import type { ObjectStore } from '../../lib/ports/object-store.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, putUserPolicy, workbench } from './account.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';

const DAY = 24 * 60 * 60_000;
const newest = 3;

type Bench = ReturnType<typeof workbench>;

/** Scans and checks of some weeks. */
async function history(seed: number, steps = 24): Promise<Bench> {
  const random = randomOf(seed);
  const bench = workbench(before);
  const { clock, source } = bench.ports;
  await bench.scan(runName(clock.now()));
  for (let step = 0; step < steps; step += 1) {
    clock.pass(random.int(3 * DAY));
    if (random.int(2) === 0) source.files = inputFiles(random.int(2) === 0 ? before : after);
    if (random.int(3) === 0) await bench.scan(runName(clock.now()));
    else await check(bench, `e-${step}`);
  }
  return bench;
}

const check = (bench: Bench, ...ids: string[]) =>
  checkStep(bench.ports, { prefix: '', events: ids.map((id) => putUserPolicy(id)), topic: 'alerts' });

async function copyOf(bench: Bench): Promise<Bench> {
  const store = memoryStore();
  for (const [key, { body }] of bench.ports.store.objects) await store.create(key, body);
  return { ...bench, ports: { ...bench.ports, store } };
}

const runsIn = (store: MemoryStore): readonly string[] => [
  ...new Set([...store.objects.keys()].flatMap((key) => /^runs\/([^/]+)\//.exec(key)?.[1] ?? [])),
];

const timeOf = (run: string): number => Date.parse(run.slice(0, 24).replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'));

const sweep = (bench: Bench, keepDays: number, most?: number) =>
  sweepRuns(bench.ports, { prefix: '', keepDays, newest, ...(most !== undefined && { most }) });

/** The requirements: the latest state, every run that is not old, and the newest runs. */
async function answers({ ports: { store, clock } }: Bench, keepDays: number) {
  const { run: latest } = await readLatest(store, '');
  const asked = new Set(runsIn(store).filter((run) => timeOf(run) >= clock.now().getTime() - keepDays * DAY));
  for (let run = latest, n = 0; run !== null && n < newest; n += 1) {
    asked.add(run);
    run = runIn((await readRunRecord(store, '', run))?.previous ?? null);
  }
  const told = await Promise.all(
    [...asked]
      .sort()
      .map(async (run) => [run, await readAudit(store, '', run), await readReport(store, '', run)]),
  );
  return { latest, told };
}

/** Dies before or after the nth delete. */
function dying(store: MemoryStore, at: number, when: 'before' | 'after'): ObjectStore {
  let deletes = 0;
  return {
    ...store,
    delete: async (key, etag) => {
      deletes += 1;
      if (deletes > at || (deletes === at && when === 'before')) throw new Error('killed');
      const answer = await store.delete(key, etag);
      if (deletes === at) throw new Error('killed');
      return answer;
    },
  };
}

describe('sweepRuns', () => {
  it('deletes only old runs, and changes neither an answer nor the next check', async () => {
    let deleted = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      const bench = await history(seed);
      const keepDays = 1 + (seed % 8);
      // no run for months: all are old, and the newest stay anyway
      if (seed % 3 === 0) bench.ports.clock.pass(100 * DAY);
      const unswept = await copyOf(bench);
      const known = await answers(bench, keepDays);
      const swept = await sweep(bench, keepDays);
      expect(swept.problem, `seed ${seed}`).toBeNull();
      deleted += swept.deleted;
      expect(await answers(bench, keepDays), `seed ${seed}`).toEqual(known);
      const left = new Set(runsIn(bench.ports.store));
      const gone = runsIn(unswept.ports.store).filter((run) => !left.has(run));
      const horizon = bench.ports.clock.now().getTime() - keepDays * DAY;
      expect(gone.every((run) => timeOf(run) < horizon)).toBe(true);
      bench.ports.source.files = inputFiles(seed % 2 === 0 ? before : after);
      const [one, other] = [await check(bench, 'e-next'), await check(unswept, 'e-next')];
      expect({ ...one, run: null }).toEqual({ ...other, run: null });
      expect(one.damaged).toBe(0);
      expect((await sweep(bench, 0)).deleted).toBe(0);
    }
    expect(deleted).toBeGreaterThan(200);
  });

  it.each(['before', 'after'] as const)(
    'that is killed %s any delete is completed by the next',
    async (when) => {
      const bench = await history(5);
      const whole = await copyOf(bench);
      const { deleted } = await sweep(whole, 2);
      expect(deleted).toBeGreaterThan(20);
      const known = await answers(bench, 2);
      for (let at = 1; at <= deleted; at += 4) {
        const killed = await copyOf(bench);
        const store = dying(killed.ports.store, at, when);
        const swept = await sweepRuns({ ...killed.ports, store }, { prefix: '', keepDays: 2, newest });
        expect(swept.problem).toContain('killed');
        expect(await answers(killed, 2), `delete ${at}`).toEqual(known);
        expect((await sweep(killed, 2)).problem).toBeNull();
        expect([...killed.ports.store.objects.keys()].sort()).toEqual(
          [...whole.ports.store.objects.keys()].sort(),
        );
      }
    },
  );

  it('completes a sweep in parts, and two at once do the same', async () => {
    const bench = await history(5);
    const [bits, twice] = [await copyOf(bench), await copyOf(bench)];
    await sweep(bench, 2);
    const left = [...bench.ports.store.objects.keys()].sort();
    for (;;) {
      const { deleted, problem } = await sweep(bits, 2, 7);
      expect(problem).toBeNull();
      expect(deleted).toBeLessThanOrEqual(7);
      if (deleted === 0) break;
    }
    expect([...bits.ports.store.objects.keys()].sort()).toEqual(left);
    await Promise.all([sweep(twice, 2), sweep(twice, 2)]);
    expect([...twice.ports.store.objects.keys()].sort()).toEqual(left);
  });

  it('keeps a run with something to send', async () => {
    const bench = await history(5);
    const swept = await copyOf(bench);
    await sweep(swept, 2);
    const left = runsIn(swept.ports.store);
    const [old = ''] = runsIn(bench.ports.store).filter((run) => !left.includes(run));
    await bench.ports.store.create(unsentAlertKey('', old, 0, 'k'), '{}');
    await sweep(bench, 2);
    expect(runsIn(bench.ports.store).filter((run) => !left.includes(run))).toEqual([old]);
  });

  it('keeps the runs that the newest ones depend on, however old', async () => {
    const bench = workbench(before);
    const { clock, store, source } = bench.ports;
    const made: (string | null)[] = [];
    const scan = async () => made.push((await bench.scan(runName(clock.now()))).audited.run);
    const look = async (id: string) => made.push((await check(bench, id)).run);
    await scan();
    source.files = inputFiles(after);
    for (const id of ['e-1', 'e-2', 'e-3']) await look(id);
    await scan();
    await look('e-4');
    clock.pass(100 * DAY);
    const known = await answers(bench, 10);
    expect((await sweep(bench, 10)).problem).toBeNull();
    expect(await answers(bench, 10)).toEqual(known);
    // e-3 is based on the snapshot of the first scan and on the findings of e-1
    const [first, found, , ...others] = made;
    expect(runsIn(store)).toEqual([first, found, ...others]);
  });

  it('deletes nothing if the pointer or the chain is damaged, and says so', async () => {
    for (const damaged of ['latest.json', 'record'] as const) {
      const bench = await history(5);
      const { store } = bench.ports;
      const { run: latest } = await readLatest(store, '');
      const previous = (await readRunRecord(store, '', latest ?? ''))?.previous;
      await store.delete(damaged === 'record' ? `${previous}/run.json` : damaged, null);
      const { deleted, problem } = await sweep(bench, 2);
      expect([deleted, problem]).toEqual([0, expect.stringContaining('runs that expired are not deleted')]);
    }
  });

  it('keeps the runs after a scan that never became the latest', async () => {
    const bench = workbench(before);
    const { clock, store } = bench.ports;
    await bench.scan(runName(clock.now()));
    clock.pass(DAY);
    store.beforeReplace('latest.json', () => {
      throw new Error('killed');
    });
    await expect(bench.scan(runName(clock.now()))).rejects.toThrow('killed');
    for (let n = 0; n < 8; n += 1) {
      clock.pass(3 * DAY);
      await check(bench, `e-${n}`);
    }
    await bench.scan(runName(clock.now()));
    for (let n = 0; n < newest; n += 1) await check(bench, `later-${n}`);
    const known = await answers(bench, 10);
    expect(await sweep(bench, 10)).toEqual({ deleted: 0, problem: null });
    expect(await answers(bench, 10)).toEqual(known);
  });
});
