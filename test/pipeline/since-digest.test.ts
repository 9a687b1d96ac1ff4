import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { Drift } from '../../lib/drift/drift.ts';
import { auditStep } from '../../lib/pipeline/audit.ts';
import { checkStep } from '../../lib/pipeline/check.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import { expectedIn } from '../../lib/pipeline/expected-file.ts';
import { readAudit } from '../../lib/pipeline/load.ts';
import { publishStep } from '../../lib/pipeline/publish.ts';
import { renderAgain } from '../../lib/pipeline/render-again.ts';
import { readRunRecord, runIn } from '../../lib/pipeline/run-record.ts';
import { sinceDigest } from '../../lib/pipeline/since-digest.ts';
import { readTrend } from '../../lib/pipeline/trend-file.ts';
import type { ChangeData } from '../../lib/render/page/page-data.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { chunkOf } from '../render/page-parts.ts';
import { after, before, putUserPolicy, workbench } from './account.ts';
import type { MemoryStore } from './memory-store.ts';

const mail = { from: 'latchkey@example.com', to: ['you@example.com'] };
const MINUTE = 60_000;

/** What the digest of a run reports about earlier runs. */
async function sinceLast(store: MemoryStore, run: string) {
  const earlier: (readonly Drift[])[] = [];
  const from = runIn((await readRunRecord(store, '', run))?.previous ?? null);
  const since = await sinceDigest(store, '', from, (drift) => earlier.push(drift));
  return { ...since, earlier };
}

function bench() {
  const { ports, scan } = workbench(before);
  const change = (files: typeof before) => {
    ports.source.files = inputFiles(files);
  };
  const publish = (run: string) =>
    publishStep(ports, {
      run,
      accounts: [{ prefix: '' }],
      topic: 'alerts',
      mail,
      reportBase: 'https://r.example/',
    });
  return {
    ...{ ports, change },
    check: () => checkStep(ports, { prefix: '', events: [putUserPolicy('e-1')], topic: 'alerts' }),
    /** the mail of a scan */
    async scanned(run: string) {
      ports.clock.pass(60 * MINUTE);
      await scan(run);
      await publish(run);
      const text = (await PostalMime.parse(ports.mailer.mails.at(-1)?.mime ?? '')).text ?? '';
      return {
        count: ports.mailer.mails.length,
        text,
        subject: (await PostalMime.parse(ports.mailer.mails.at(-1)?.mime ?? '')).subject,
      };
    },
  };
}

describe('a digest', () => {
  it('reports what checks found since the last one, once', async () => {
    const { scanned, change, check, ports } = bench();
    expect((await scanned('run-1')).text).toContain('This is the first audit');
    change(after);
    ports.clock.pass(MINUTE);
    await check();
    const second = await scanned('run-2');
    expect(second.subject).toContain('1 access change (1 critical)');
    for (const part of ['user/bob', 'e-1', 'alerted 20', 'aws iam delete-user-policy'])
      expect(second.text).toContain(part);
    const third = await scanned('run-3');
    expect(third.subject).toContain('no drift');
    expect(third.text).not.toContain('e-1');
  });

  it('says of a change whose alert was refused that it is still to be sent', async () => {
    const { scanned, change, check, ports } = bench();
    await scanned('run-1');
    change(after);
    ports.notifier.failNext(99);
    await check();
    expect((await sinceLast(ports.store, 'run-1')).earlier).toEqual([]);
    const { text } = await scanned('run-2');
    ports.notifier.failNext(0);
    expect(text).toContain('its alert is still to be sent');
  });

  it('includes a scan whose mail was dropped, and none that is mailed later', async () => {
    const { scanned, change, ports } = bench();
    await scanned('run-1');
    ports.mailer.failNext(99);
    change(after);
    await scanned('run-2');
    ports.mailer.failNext(0);
    // its own mail is waiting and reports it
    expect((await sinceLast(ports.store, 'run-2')).digestAt).not.toBeNull();
    const waits = await ports.store.list('unsent/');
    expect(waits).toHaveLength(1);
    for (const key of waits) await ports.store.delete(key, (await ports.store.get(key))?.etag ?? '');
    const { text } = await scanned('run-3');
    expect(text).toContain('user/bob gained root');
  });

  it('goes back to the previous scan if nothing was mailed before, past damaged runs', async () => {
    const { change, check, ports, scanned } = bench();
    ports.mailer.failNext(99);
    await scanned('run-1');
    for (const key of await ports.store.list('unsent/'))
      await ports.store.delete(key, (await ports.store.get(key))?.etag ?? '');
    change(after);
    const { run } = await check();
    await scanned('run-2');
    const since = await sinceLast(ports.store, 'run-2');
    expect(since.earlier).toHaveLength(1);
    expect(since.digestAt).not.toBeNull();
    const key = `runs/${run}/drift.json`;
    await ports.store.replace(key, 'not JSON', (await ports.store.get(key))?.etag ?? '');
    const damaged = await sinceLast(ports.store, 'run-2');
    expect(damaged.earlier).toEqual([]);
    expect(damaged.problems[0]).toMatch(/the digest leaves out what `runs\/.*` changed/);
  });

  it('draws the days of scans and checks from the data in each run, whatever else is damaged', async () => {
    const { scanned, change, check, ports } = bench();
    const points = async (run: string) => (await readTrend(ports.store, '', run))?.points ?? [];
    const next = () => ports.clock.pass(24 * 60 * MINUTE);
    expect((await scanned('run-1')).text).not.toContain('OVER TIME');
    next();
    change(after);
    const { run } = await check();
    expect((await points(run ?? '')).map(({ root }) => root.person)).toEqual([1, 2]);
    next();
    expect((await scanned('run-2')).text).toMatch(/People with root: 1 → 2 since/);
    expect(await points('run-2')).toHaveLength(3);
    const key = 'runs/run-2/trend.json';
    await ports.store.replace(key, '{', (await ports.store.get(key))?.etag ?? '');
    next();
    await scanned('run-3');
    expect(await points('run-3')).toHaveLength(1);
  });

  it('lists earlier changes on the page, the newest first, also when the page is written again', async () => {
    const { scanned, change, check, ports } = bench();
    await scanned('run-1');
    change(after);
    await check();
    change(before);
    await scanned('run-2');
    change(after);
    await scanned('run-3');
    const page = async () => (await ports.store.get('runs/run-3/report.html'))?.body ?? '';
    const told = await page();
    const { changes, earlier } = chunkOf(told, 'changes') as ChangeData;
    expect(changes.map(({ sentence }) => sentence)).toEqual(['user/bob gained root on 1 instance']);
    expect(earlier.map(({ isScan, changes: all }) => [isScan, all.map(({ sentence }) => sentence)])).toEqual([
      [true, ['user/bob lost root on 1 instance']],
      [false, ['user/bob gained root on 1 instance']],
    ]);
    await renderAgain(ports.store, '', 'run-3', await readAudit(ports.store, '', 'run-3'));
    expect(await page()).toBe(told);
  });

  it("is sent to each team once, with that team's part", async () => {
    const { ports } = workbench(before);
    const team = (name: string, rest: string) => `  - {name: ${name}, to: [${name}@example.com], ${rest}}\n`;
    const teams = [
      team('web', 'accounts: ["111122223333"]'),
      team('nobody', 'tag: {key: team, value: nobody}'),
      team('elsewhere', 'accounts: ["999999999999"]'),
      team('web', 'accounts: ["111122223333"]'),
      team('all', ''),
    ];
    const expected = { place: 'latchkey.yml', text: `teams:\n${teams.join('')}` };
    expect(expectedIn(expected, '2026-08-23').problems).toEqual([
      '`$.teams`: `web`: there are two of this name',
      '`$.teams`: `all`: it does not say what it is about: name `accounts` or `tag`',
    ]);
    await collectStep(ports, { run: 'run-1', prefix: '' });
    await auditStep(ports, { run: 'run-1', prefix: '', expected });
    const input = { run: 'run-1', accounts: [{ prefix: '' }], topic: 'alerts', mail };
    ports.mailer.failNext(2);
    expect(await publishStep(ports, input)).toMatchObject({ mailsWaiting: 1 });
    await publishStep(ports, input);
    const mails = await Promise.all(ports.mailer.mails.map(({ mime }) => PostalMime.parse(mime)));
    expect(mails.map(({ to, subject }) => [to?.[0]?.address, subject?.replace(/\(.*/, '')])).toEqual([
      ['nobody@example.com', expect.stringContaining('nobody: no findings')],
      ['elsewhere@example.com', expect.stringContaining('elsewhere: no findings')],
      ['you@example.com', expect.stringContaining('111122223333: ')],
      ['web@example.com', expect.stringContaining('[EC2 access] web: ')],
    ]);
    expect(await publishStep(ports, input)).toMatchObject({ mails: 0, mailsWaiting: 0 });
  });

  it('names failed accounts, and is sent even if all failed', async () => {
    const { ports } = bench();
    const failed = [{ accountId: '777788889999', failure: 'AccessDenied' }];
    const input = { run: 'run-1', accounts: [], failed, topic: 'alerts', mail };
    expect(await publishStep(ports, input)).toMatchObject({ mails: 1, problems: [] });
    const { subject, text } = await PostalMime.parse(ports.mailer.mails[0]?.mime ?? '');
    expect(subject).toContain('1 FAILED');
    expect(text).toContain('777788889999');
  });
});
