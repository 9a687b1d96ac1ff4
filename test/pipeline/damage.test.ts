import { describe, expect, it } from 'vitest';
import type { Drift } from '../../lib/drift/drift.ts';
import { checkStep } from '../../lib/pipeline/check.ts';
import type { RunRecord } from '../../lib/pipeline/run-record.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, bob, putUserPolicy, workbench } from './account.ts';

/** Two scans and a check of an account that does not change; the check is the latest run. */
async function scanned(checked: boolean) {
  const bench = workbench(before);
  await bench.scan('run-1');
  await bench.scan('run-2');
  const check = (eventId: string) =>
    checkStep(bench.ports, { prefix: '', events: [putUserPolicy(eventId)], topic: 'alerts' });
  if (checked) await check('e-0');
  const { run } = await bench.json<{ run: string }>('latest.json');
  bench.ports.notifier.alerts.length = 0;
  bench.ports.source.files = inputFiles(after);
  return { ...bench, check, latest: run };
}

type Bench = Awaited<ReturnType<typeof scanned>>;

const DAMAGE = {
  missing: () => null,
  cut: (body: string) => body.slice(0, Math.floor(body.length / 2)),
  garbage: () => '\u0000\u001fnot what it was',
  empty: () => '',
  'of another version': () => '{"schemaVersion":99,"kind":"later"}',
};

async function damage({ ports }: Bench, key: string, how: (body: string) => string | null): Promise<void> {
  const object = await ports.store.get(key);
  if (object === null) throw new Error(`there is no ${key}`);
  await ports.store.delete(key, object.etag);
  const body = how(object.body);
  if (body !== null) await ports.store.create(key, body);
}

/** What the next run must do: compare, report what was lost, and report exactly the change. */
async function expectToGoOn(bench: Bench, run: string, damaged: number, name: string): Promise<void> {
  expect(damaged, name).toBeGreaterThan(0);
  const record = await bench.json<RunRecord>(`runs/${run}/run.json`);
  expect(record.damage?.length, name).toBe(damaged);
  const drift = await bench.json<Drift[]>(`runs/${run}/drift.json`);
  const groups = drift.flatMap((one) => one.groups);
  expect(new Set(groups.flatMap(({ principals }) => principals)), name).toEqual(new Set([bob]));
  expect(new Set(groups.map(({ change }) => change)), name).toEqual(new Set(['gained']));
  const about = bench.ports.notifier.alerts.map(({ message }) => message);
  expect(about.length, name).toBeGreaterThan(0);
  expect(
    about.every((message) => message.includes('user/bob')),
    name,
  ).toBe(true);
}

const files = {
  scan: ['snapshot.json.gz', 'matrix.json.gz', 'findings.json', 'run.json'],
  check: ['delta.json.gz', 'run.json'],
};

describe.each(Object.entries(DAMAGE))('a file of the latest run that is %s', (_, how) => {
  it.each(['scan', 'check'] as const)('of a %s: the next scan continues and reports it', async (kind) => {
    for (const file of files[kind]) {
      const bench = await scanned(kind === 'check');
      await damage(bench, `${bench.latest}/${file}`, how);
      const { audited } = await bench.scan('run-3');
      expect(audited.previousRun).toBe(bench.latest);
      await expectToGoOn(bench, 'run-3', audited.damaged, file);
      const { problems } = await bench.json<{ problems: { policy: string }[] }>('runs/run-3/coverage.json');
      expect(problems.map(({ policy }) => policy)).toContain(`${bench.latest}/${file}`);
      expect((await bench.scan('run-4')).audited).toMatchObject({ damaged: 0, previousRun: 'runs/run-3' });
    }
  });

  it.each(['scan', 'check'] as const)('of a %s: the next check continues and reports it', async (kind) => {
    for (const file of files[kind]) {
      const bench = await scanned(kind === 'check');
      await damage(bench, `${bench.latest}/${file}`, how);
      const { run, damaged } = await bench.check('e-1');
      await expectToGoOn(bench, run ?? '', damaged, file);
    }
  });

  it('of the run that a check is based on: the run before it is used', async () => {
    const bench = await scanned(true);
    await damage(bench, 'runs/run-2/snapshot.json.gz', how);
    const { audited } = await bench.scan('run-3');
    await expectToGoOn(bench, 'run-3', audited.damaged, 'base');
  });
});

describe('no run that can be read', () => {
  it('gives a baseline that says so, and reports nothing old', async () => {
    const bench = workbench(after);
    await bench.scan('run-1');
    const findings = await bench.json<{ id: string }[]>('runs/run-1/findings.json');
    expect(findings.length).toBeGreaterThan(0);
    const there = await bench.ports.store.get('runs/run-1/snapshot.json.gz');
    await bench.ports.store.replace('runs/run-1/snapshot.json.gz', '{}', there?.etag ?? '');
    bench.ports.notifier.alerts.length = 0;
    const { audited } = await bench.scan('run-2');
    expect(audited).toMatchObject({ damaged: 1, drift: { gained: 0, lost: 0, changed: 0 } });
    expect(bench.ports.notifier.alerts).toEqual([]);
    expect(
      (await bench.json<{ status: string }[]>('runs/run-2/findings.json')).map(({ status }) => status),
    ).toEqual(findings.map(() => 'open'));
  });
});

describe('a pointer that is lost', () => {
  it.each([
    ['missing', null],
    ['garbage', 'not JSON'],
    ['of no run', '{"run":7}'],
  ])('%s: the newest run is used, the pointer is repaired and the damage reported', async (_, body) => {
    const bench = await scanned(false);
    await damage(bench, 'latest.json', () => body);
    const { audited } = await bench.scan('run-3');
    expect(audited).toMatchObject({ previousRun: 'runs/run-2', damaged: 1 });
    await expectToGoOn(bench, 'run-3', audited.damaged, 'latest.json');
    expect(await bench.json('latest.json')).toEqual({ run: 'runs/run-3' });
  });

  it('does not make a check start a new history', async () => {
    const bench = await scanned(false);
    await damage(bench, 'latest.json', () => null);
    const { run, damaged } = await bench.check('e-1');
    await expectToGoOn(bench, run ?? '', damaged, 'latest.json');
  });

  it('starts a new history if no run has finished', async () => {
    const { scan } = workbench(before);
    expect((await scan('run-1')).audited).toMatchObject({ previousRun: null, damaged: 0 });
  });
});
