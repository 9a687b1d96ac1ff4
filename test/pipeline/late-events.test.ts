import { describe, expect, it } from 'vitest';
import type { Drift } from '../../lib/drift/drift.ts';
import { storedDriftCells } from '../../lib/drift/list-drift.ts';
import { checkStep } from '../../lib/pipeline/check.ts';
import { readReportedDrift } from '../../lib/pipeline/late-events.ts';
import { readAudit } from '../../lib/pipeline/load.ts';
import { readReport } from '../../lib/pipeline/read-report.ts';
import { renderAgain } from '../../lib/pipeline/render-again.ts';
import type { Alert } from '../../lib/ports/notifier.ts';
import { allow } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { chunkOf } from '../render/page-parts.ts';
import { after, before, bob, putUserPolicy, workbench } from './account.ts';

const MINUTE = 60_000;

async function scanned() {
  const bench = workbench(before);
  await bench.scan('run-1');
  bench.ports.notifier.alerts.length = 0;
  const { alerts } = bench.ports.notifier;
  const check = (...events: unknown[]) => checkStep(bench.ports, { prefix: '', events, topic: 'alerts' });
  const change = () => {
    bench.ports.source.files = inputFiles(after);
  };
  return { ...bench, alerts, check, change };
}

/** An event of IAM about nobody of this account. */
const other = (eventId: string) =>
  putUserPolicy(eventId, { requestParameters: { userName: 'somebody-else', policyName: 'p' } });

const drifts = (alerts: readonly Alert[]) => alerts.filter(({ attributes }) => attributes.kind === 'drift');

describe('an event that arrives after its change was reported', () => {
  it('completes the change and names the actor, once', async () => {
    const { check, change, alerts, ports } = await scanned();
    change();
    const first = await check(other('e-other'));
    expect(drifts(alerts)).toMatchObject([{ message: expect.stringContaining('Event: none known') }]);
    alerts.length = 0;
    ports.clock.pass(5 * MINUTE);
    const second = await check(putUserPolicy('e-late'));
    expect(second.drift).toBe(0);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.attributes).toMatchObject({ kind: 'drift', completes: 'true' });
    for (const part of ['e-late', 'user/admin', bob, 'reported before'])
      expect(alerts[0]?.message).toContain(part);
    const { drift } = await readReport(ports.store, '', first.run ?? '');
    expect(drift.map(({ cause }) => cause.eventId)).toEqual(['e-late']);
    alerts.length = 0;
    await check(putUserPolicy('e-late'));
    await check(putUserPolicy('e-later'));
    expect(alerts).toEqual([]);
  });

  it('is shown in the comparison of that run with the one before it, and in no other', async () => {
    const { check, change, ports, scan } = await scanned();
    change();
    await scan('run-2');
    await check(putUserPolicy('e-late'));
    const told = await readReportedDrift(ports.store, '', 'run-1', 'run-2');
    expect(told?.map(({ cause }) => cause.actor)).toEqual(['arn:aws:iam::111122223333:user/admin']);
    const cells = [...(storedDriftCells(told) ?? [])];
    const [{ counts, id }] = told as readonly [Drift];
    expect(cells).toHaveLength(counts.gained + counts.lost + counts.changed);
    expect(new Set(cells.map(({ cause }) => cause))).toEqual(new Set([id]));
    const cut = told?.map((one) => ({
      ...one,
      groups: one.groups.map((g) => ({ ...g, principalCount: 2000 })),
    }));
    expect(storedDriftCells(cut ?? [])).toBeNull();
    expect(await readReportedDrift(ports.store, '', 'run-2', 'run-1')).toBeNull();
    expect(await readReportedDrift(ports.store, '', 'run-2', 'run-2')).toBeNull();
  });

  it('completes a change that a scan reported', async () => {
    const { check, change, alerts, scan } = await scanned();
    change();
    await scan('run-2');
    alerts.length = 0;
    await check(putUserPolicy('e-late'));
    expect(drifts(alerts)).toMatchObject([{ message: expect.stringContaining('e-late') }]);
  });

  it('is shown on the page of the scan that reported it, which is otherwise unchanged', async () => {
    const { check, change, ports, scan } = await scanned();
    change();
    await scan('run-2');
    const page = async (run: string) => (await ports.store.get(`runs/${run}/report.html`))?.body ?? '';
    const [first, told] = [await page('run-1'), await page('run-2')];
    expect(JSON.stringify(chunkOf(told, 'changes'))).not.toContain('e-late');
    await check(other('e-other'));
    expect(await page('run-2')).toBe(told);
    await renderAgain(ports.store, '', 'run-2', await readAudit(ports.store, '', 'run-2'));
    expect(await page('run-2')).toBe(told);
    // another writer writes the page at the same time
    ports.store.beforeReplace('runs/run-2/report.html', async () => {
      const there = await ports.store.get('runs/run-2/report.html');
      await ports.store.replace('runs/run-2/report.html', 'another page', there?.etag ?? null);
    });
    await check(putUserPolicy('e-late'));
    const changes = JSON.stringify(chunkOf(await page('run-2'), 'changes'));
    for (const part of ['e-late', 'user/admin']) expect(changes).toContain(part);
    expect(await page('run-1')).toBe(first);
  });

  it('completes nothing older than an hour, and nothing that it does not name', async () => {
    const { check, change, alerts, ports, scan } = await scanned();
    change();
    await scan('run-2');
    alerts.length = 0;
    await check(other('e-1'));
    expect(alerts).toEqual([]);
    ports.clock.pass(61 * MINUTE);
    await check(putUserPolicy('e-late'));
    expect(alerts).toEqual([]);
  });

  it('names the actor of a principal that was created again with its access, and alerts nobody', async () => {
    const { alerts, ports, scan, check } = await scanned();
    const created = JSON.stringify(inputFiles(before)).replaceAll('AIDA', 'AIDAAGAIN');
    ports.source.files = JSON.parse(created);
    await scan('run-2');
    const told = async () => (await readReport(ports.store, '', 'run-2')).drift.map(({ cause }) => cause);
    expect(await told()).toEqual([expect.objectContaining({ again: true, alike: true })]);
    expect((await told())[0]).not.toHaveProperty('actor');
    alerts.length = 0;
    await check(other('e-other'));
    expect((await told())[0]).not.toHaveProperty('actor');
    const [, name = ''] = /`([^`]+)`/.exec((await told())[0]?.detail ?? '') ?? [];
    await check(putUserPolicy('e-late', { eventName: 'CreateUser', requestParameters: { userName: name } }));
    expect(await told()).toEqual([
      expect.objectContaining({ eventId: 'e-late', actor: 'arn:aws:iam::111122223333:user/admin' }),
    ]);
    expect(alerts).toEqual([]);
  });

  it.each([2, 5])(
    'names the actors of %i principals that one line reports, once all are known',
    async (count) => {
      const users = Array.from({ length: count }, (_, i) => ({
        name: `user-${i}`,
        policy: allow('ssm:StartSession'),
      }));
      const bench = workbench({ ...before, users });
      await bench.scan('run-1');
      const files = JSON.stringify(inputFiles({ ...before, users })).replaceAll('AIDA', 'AIDAAGAIN');
      bench.ports.source.files = JSON.parse(files);
      await bench.scan('run-2');
      const told = async () => (await readReport(bench.ports.store, '', 'run-2')).drift;
      const check = (name: string, eventName: string) =>
        checkStep(bench.ports, {
          ...{ prefix: '', topic: 'alerts' },
          events: [
            putUserPolicy(`e-${eventName}-${name}`, { eventName, requestParameters: { userName: name } }),
          ],
        });
      expect(await told()).toMatchObject([{ cause: { again: true }, counts: { principals: count } }]);
      for (const { name } of users.slice(1)) await check(name, 'CreateUser');
      // an actor of some is not that of all
      expect(await told()).toHaveLength(1);
      expect((await told())[0]?.cause).not.toHaveProperty('actor');
      await check('user-1', 'DeleteUser');
      await check('user-0', 'CreateUser');
      const causes = (await told()).map(({ cause }) => cause);
      expect(causes.map(({ detail }) => detail.split(' ')[1]).sort()).toEqual(
        users.map(({ name }) => `\`${name}\``),
      );
      expect(new Set(causes.map(({ actor }) => actor))).toEqual(
        new Set(['arn:aws:iam::111122223333:user/admin']),
      );
    },
  );

  it('is reported again when a crashed step is repeated', async () => {
    const { check, change, alerts, ports, scan } = await scanned();
    change();
    await scan('run-2');
    alerts.length = 0;
    ports.store.beforeReplace('latest.json', () => {
      throw new Error('killed');
    });
    await expect(check(putUserPolicy('e-late'))).rejects.toThrow('killed');
    expect(alerts).toEqual([]);
    await check(putUserPolicy('e-late'));
    expect(drifts(alerts)).toHaveLength(1);
  });
});

describe('an event without an effect', () => {
  it('is examined once more after a quarter of an hour', async () => {
    const { check, change, alerts, ports } = await scanned();
    expect(await check(putUserPolicy('e-early'))).toMatchObject({ drift: 0, lookAgain: 1 });
    change();
    ports.clock.pass(14 * MINUTE);
    expect(await check()).toMatchObject({ run: null, drift: 0 });
    ports.clock.pass(2 * MINUTE);
    const again = await check();
    expect(again.drift).toBeGreaterThan(0);
    expect(again).toMatchObject({ results: [], lookAgain: 0 });
    expect(drifts(alerts)).toMatchObject([{ message: expect.stringContaining('e-early') }]);
  });

  it('is not examined a third time', async () => {
    const { check, ports } = await scanned();
    await check(putUserPolicy('e-early'));
    ports.clock.pass(16 * MINUTE);
    expect(await check()).toMatchObject({ lookAgain: 0 });
    ports.clock.pass(16 * MINUTE);
    expect(await check()).toMatchObject({ run: null });
  });

  it('names its change if a scan finds it before that', async () => {
    const { check, change, json, scan } = await scanned();
    await check(putUserPolicy('e-early'));
    change();
    await scan('run-2');
    const drift = await json<Drift[]>('runs/run-2/drift.json');
    expect(drift.map(({ cause }) => cause.eventId)).toEqual(['e-early']);
  });

  it('is not examined again if a scan did so after it was due', async () => {
    const { check, ports, scan } = await scanned();
    await check(putUserPolicy('e-early'));
    ports.clock.pass(16 * MINUTE);
    await scan('run-2');
    expect(await check()).toMatchObject({ run: null });
  });
});

describe('an event before the first scan', () => {
  it('waits for the first scan, and is examined then', async () => {
    const { ports, scan } = workbench(before);
    const check = (...events: unknown[]) => checkStep(ports, { prefix: '', events, topic: 'alerts' });
    const early = await check(putUserPolicy('e-1'), 7);
    expect(early.results.map(({ outcome }) => outcome)).toEqual(['ignored', 'unreadable']);
    expect(early.lookAgain).toBe(1);
    ports.clock.pass(-MINUTE);
    await scan('run-1');
    ports.notifier.alerts.length = 0;
    // the scan had read IAM before the change
    ports.source.files = inputFiles(after);
    ports.clock.pass(2 * MINUTE);
    const { drift } = await check();
    expect(drift).toBeGreaterThan(0);
    expect(drifts(ports.notifier.alerts)).toMatchObject([{ message: expect.stringContaining('e-1') }]);
  });
});
