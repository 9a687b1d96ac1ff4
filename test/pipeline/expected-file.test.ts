import { expect, it } from 'vitest';
import type { Drift } from '../../lib/drift/drift.ts';
import { auditStep } from '../../lib/pipeline/audit.ts';
import { checkStep } from '../../lib/pipeline/check.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import { storedExpected } from '../../lib/pipeline/expected-file.ts';
import { readReportedDrift } from '../../lib/pipeline/late-events.ts';
import type { RunRecord } from '../../lib/pipeline/run-record.ts';
import { before, putUserPolicy, workbench } from './account.ts';

const put = (eventName: string, key = 'latchkey.yml') =>
  putUserPolicy(`e-${eventName}-${key}`, {
    ...{ eventSource: 's3.amazonaws.com', eventName, requestParameters: { bucketName: 'reports', key } },
    responseElements: null,
  });

/** An account that was scanned once without a file. `write` changes the file, null deletes it. */
async function scanned() {
  const bench = workbench(before);
  const { ports } = bench;
  const expected = () => storedExpected(ports.store, 'reports');
  const scan = async (run: string) => {
    await collectStep(ports, { run, prefix: '' });
    await auditStep(ports, { run, prefix: '', expected: await expected() });
  };
  const check = async (event: unknown) =>
    checkStep(ports, { prefix: '', events: [event], topic: 'alerts', expected });
  const write = async (text: string) => {
    const there = await ports.store.get('latchkey.yml');
    await ports.store.replace('latchkey.yml', text, there?.etag ?? null);
  };
  await scan('run-1');
  const drift = (run: string | null) => bench.json<Drift[]>(`runs/${run}/drift.json`);
  return { ...bench, scan, check, write, drift };
}

it('a change of the file is drift and an alert at once, with its actor, and only once', async () => {
  const { check, write, scan, drift, ports, json } = await scanned();
  await write('administrators:\n  - user/admin\n');
  const { run, results } = await check(put('PutObject'));
  expect(results).toEqual([{ index: 0, outcome: 'audited' }]);
  const [change, ...others] = await drift(run);
  expect(others).toEqual([]);
  expect(change).toMatchObject({
    cause: {
      ...{ kind: 'configuration', silences: true, eventName: 'PutObject', sourceIp: '203.0.113.9' },
      detail: 'the file of expected access was added: added administrator `user/admin`',
      actor: expect.stringContaining('user/admin'),
    },
    groups: [],
  });
  const alert = ports.notifier.alerts.find(({ attributes }) => attributes.kind === 'configuration');
  expect(alert?.attributes).toMatchObject({ severity: ['high'], kind: 'configuration' });
  expect(alert?.message).toMatch(/By: .*user\/admin.* from 203\.0\.113\.9/);
  expect((await json<RunRecord>(`runs/${run}/run.json`)).expected).toEqual({
    ...{ place: 's3://reports/latchkey.yml', text: 'administrators:\n  - user/admin\n' },
  });
  const sent = ports.notifier.alerts.length;
  await scan('zz-run-2');
  expect(await drift('zz-run-2')).toEqual([]);
  expect(ports.notifier.alerts).toHaveLength(sent);
});

it('without an event the next scan reports it, and removing entries raises no alert', async () => {
  const { write, scan, drift, ports } = await scanned();
  await write('administrators:\n  - user/admin\n');
  await scan('zz-run-2');
  expect((await drift('zz-run-2'))[0]?.cause).not.toHaveProperty('actor');
  // no event explains it, and it has no principals: it is shown as it was reported
  const shown = await readReportedDrift(ports.store, '', 'run-1', 'zz-run-2');
  expect(shown).toEqual(await drift('zz-run-2'));
  await write('administrators: []\n');
  await scan('zz-run-3');
  const [change] = await drift('zz-run-3');
  expect(change?.cause.detail).toBe(
    'the file of expected access was changed: removed administrator `user/admin`',
  );
  expect(change?.cause.silences).toBeUndefined();
  await write('administrators: [] # nobody\n');
  await scan('zz-run-4');
  expect((await drift('zz-run-4'))[0]?.cause.detail).toBe(
    'the file of expected access was changed: its content is the same',
  );
});

it('a fault in the file affects only its own part, and is a finding', async () => {
  const { write, scan, json } = await scanned();
  await write('administrators:\n  - user/admin\n  - [\n');
  await scan('zz-run-2');
  const findings = await json<{ rule: string; evidence: string[] }[]>('runs/zz-run-2/findings.json');
  expect(findings.find(({ rule }) => rule === 'EXC-UNREADABLE')?.evidence[0]).toMatch(
    /^it is not YAML at line 4/,
  );
});
