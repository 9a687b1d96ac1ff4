import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { checkStep } from '../../lib/pipeline/check.ts';
import { type Audit, readAudit } from '../../lib/pipeline/load.ts';
import { matrixWithOpens } from '../../lib/pipeline/matrix-with-opens.ts';
import type { RunRecord } from '../../lib/pipeline/run-record.ts';
import type { ObjectStore } from '../../lib/ports/object-store.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, bob, putUserPolicy, workbench } from './account.ts';

/** An account that was scanned, and then changed. */
async function changed() {
  const bench = workbench(before);
  await bench.scan('run-1');
  bench.ports.notifier.alerts.length = 0;
  bench.ports.source.files = inputFiles(after);
  const check = (...ids: string[]) =>
    checkStep(bench.ports, { prefix: '', events: ids.map((id) => putUserPolicy(id)), topic: 'alerts' });
  const filesOf = (run: string | null) =>
    [...bench.ports.store.objects.keys()]
      .filter((key) => key.startsWith(`runs/${run}/`))
      .map((key) => key.slice(`runs/${run}/`.length))
      .sort();
  return { ...bench, check, filesOf };
}

const latestOf = async ({ json }: { json: <T>(key: string) => Promise<T> }): Promise<string> =>
  (await json<{ run: string }>('latest.json')).run.slice('runs/'.length);

const cells = ({ matrix, snapshot }: Audit) => [...cellsOf(matrix, snapshot, {})];

describe('the run of a check', () => {
  it('contains its drift, the findings that changed, a page for its alerts, and the changes of the snapshot', async () => {
    const { check, filesOf, json } = await changed();
    const { run } = await check('e-1');
    expect(filesOf(run)).toEqual([
      ...['delta.json.gz', 'drift.json', 'findings.json', 'report.html', 'run.json', 'trend.json'],
    ]);
    expect(await json<RunRecord>(`runs/${run}/run.json`)).toMatchObject({
      schemaVersion: 2,
      base: 'runs/run-1',
      previous: 'runs/run-1',
      findingsOf: null,
    });
  });

  it('contains no findings if none changed, and names the run that has them', async () => {
    const { check, filesOf, json } = await changed();
    const first = await check('e-1');
    const second = await check('e-2');
    const third = await check('e-3');
    expect(filesOf(third.run)).toEqual(['delta.json.gz', 'drift.json', 'run.json', 'trend.json']);
    expect(await json(`runs/${third.run}/drift.json`)).toEqual([]);
    expect(await json<RunRecord>(`runs/${third.run}/run.json`)).toMatchObject({
      base: 'runs/run-1',
      previous: `runs/${second.run}`,
      findingsOf: expect.stringMatching(`^runs/(${first.run}|${second.run})$`),
    });
  });

  it('gives the same answers as a whole run, also after several checks', async () => {
    const bench = await changed();
    await bench.check('e-1');
    await bench.check('e-2');
    const delta = await readAudit(bench.ports.store, '', await latestOf(bench));
    await bench.scan('run-9');
    const whole = await readAudit(bench.ports.store, '', 'run-9');
    expect(cells(delta)).toEqual(cells(whole));
    expect(cells(delta).some(({ principal }) => principal === bob)).toBe(true);
    expect(cells(delta)).toEqual(
      cells({ snapshot: delta.snapshot, matrix: matrixWithOpens(delta.snapshot) }),
    );
  });

  it('stores a whole snapshot again once most of it has changed', async () => {
    const { check, filesOf, json, ports, scan } = await changed();
    const instances = Array.from({ length: 400 }, (_, n) => ({ id: `i-${n}`, tags: { Name: `web-${n}` } }));
    ports.source.files = inputFiles({ ...after, instances });
    await scan('run-2');
    const other = instances.map(({ id }) => ({ id, tags: { Name: 'all of them changed' } }));
    ports.source.files = inputFiles({ ...after, instances: other });
    const event = putUserPolicy('e-1', { eventSource: 'ec2.amazonaws.com', eventName: 'CreateTags' });
    const { run } = await checkStep(ports, { prefix: '', events: [event], topic: 'alerts' });
    expect(filesOf(run)).toContain('snapshot.json.gz');
    expect(await json<RunRecord>(`runs/${run}/run.json`)).toMatchObject({ base: null });
    const next = await check('e-2');
    expect(await json<RunRecord>(`runs/${next.run}/run.json`)).toMatchObject({ base: `runs/${run}` });
  });
});

/** Dies before or after the nth write. */
function dyingStore(store: ObjectStore, at: number, when: 'before' | 'after'): ObjectStore {
  let writes = 0;
  const dying = async <T>(write: () => Promise<T>): Promise<T> => {
    writes += 1;
    if (writes > at || (writes === at && when === 'before')) throw new Error('killed');
    const result = await write();
    if (writes === at) throw new Error('killed');
    return result;
  };
  return {
    get: (key) => store.get(key),
    list: (prefix, most) => store.list(prefix, most),
    create: (...given) => dying(() => store.create(...given)),
    replace: (...given) => dying(() => store.replace(...given)),
    delete: (...given) => dying(() => store.delete(...given)),
  };
}

describe.each(['before', 'after'] as const)('a check that is killed %s a write', (when) => {
  it('is completed by the next one: the change is reported once, and every state can be read', async () => {
    let died = 0;
    for (let at = 1; at < 40; at += 1) {
      const bench = await changed();
      const store = dyingStore(bench.ports.store, at, when);
      const input = { prefix: '', events: [putUserPolicy('e-1')], topic: 'alerts' };
      const killed = await checkStep({ ...bench.ports, store }, input).then(
        () => false,
        (error: Error) => error.message === 'killed',
      );
      if (!killed) break;
      died += 1;
      await readAudit(bench.ports.store, '', await latestOf(bench));
      bench.ports.clock.pass(31 * 60_000);
      await bench.check('e-1');
      await bench.scan('run-9');
      const about = bench.ports.notifier.alerts.filter(({ attributes }) => attributes.kind === 'drift');
      expect(new Set(about.map(({ key }) => key)).size, `write ${at}`).toBe(1);
      expect(about[0]?.message, `write ${at}`).toContain('e-1');
      const audit = await readAudit(bench.ports.store, '', await latestOf(bench));
      expect(cells(audit).some(({ principal }) => principal === bob)).toBe(true);
    }
    expect(died).toBeGreaterThan(4);
  });
});
