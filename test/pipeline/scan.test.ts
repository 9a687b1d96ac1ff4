import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { Drift } from '../../lib/drift/drift.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { auditStep } from '../../lib/pipeline/audit.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import { publishStep } from '../../lib/pipeline/publish.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { cellsOf } from '../drift/cells-of.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, bob, instanceId, workbench } from './account.ts';

describe('a scan', () => {
  it('writes every file of the contract and becomes the latest run', async () => {
    const { scan, ports, json } = workbench(before);
    const { collected, audited } = await scan('run-1');
    expect(collected).toMatchObject({ accountId: '111122223333', principals: 2, instances: 1 });
    expect(audited).toMatchObject({ previousRun: null, drift: { gained: 0, lost: 0, changed: 0 } });
    expect(audited.cells).toBeGreaterThan(0);
    for (const file of [
      'snapshot.json.gz',
      'matrix.json.gz',
      'findings.json',
      'drift.json',
      'coverage.json',
      'report.html',
      'report.csv',
      'findings.csv',
    ]) {
      expect(ports.store.objects.has(`runs/run-1/${file}`), file).toBe(true);
    }
    expect(await json('runs/run-1/drift.json')).toEqual([]);
    expect(await json('latest.json')).toEqual({ run: 'runs/run-1' });
  });

  it('finds no drift and sends no new alert for the same data', async () => {
    const { scan, ports, json } = workbench(before);
    await scan('run-1');
    const first = await json<Finding[]>('runs/run-1/findings.json');
    const alerts = ports.notifier.alerts.length;
    const { audited, published } = await scan('run-2');
    expect(audited.previousRun).toBe('runs/run-1');
    expect(await json('runs/run-2/drift.json')).toEqual([]);
    expect(published.alerts).toBe(0);
    expect(ports.notifier.alerts).toHaveLength(alerts);
    const second = await json<Finding[]>('runs/run-2/findings.json');
    expect(first.length).toBeGreaterThan(0);
    expect(second.map(({ id, firstSeen }) => [id, firstSeen])).toEqual(
      first.map(({ id, firstSeen }) => [id, firstSeen]),
    );
    expect(new Set(second.map(({ status }) => status))).toEqual(new Set(['open']));
  });

  it('reads the matrix of the previous run only after the new one is built', async () => {
    const { scan, ports } = workbench(before);
    await scan('run-1');
    const done: string[] = [];
    const { get } = ports.store;
    ports.store.get = async (key) => {
      done.push(key);
      return get(key);
    };
    const progress = { step: (text: string) => done.push(text) };
    await collectStep(ports, { run: 'run-2', prefix: '' });
    await auditStep({ ...ports, progress }, { run: 'run-2', prefix: '' });
    const read = done.indexOf('runs/run-1/matrix.json.gz');
    expect(read).toBeGreaterThan(done.indexOf('looking for findings and drift'));
    expect(done.indexOf('evaluating who can reach which instance')).toBeGreaterThan(
      done.indexOf('runs/run-1/snapshot.json.gz'),
    );
  });

  it('reports who gained what since the previous run, with one alert', async () => {
    const { scan, ports, json } = workbench(before);
    await scan('run-1');
    ports.notifier.alerts.length = 0;
    ports.source.files = inputFiles(after);
    const { audited, published } = await scan('run-2');
    expect(audited.drift.gained).toBeGreaterThan(0);
    const drift = await json<Drift[]>('runs/run-2/drift.json');
    expect(cellsOf(drift)).toContainEqual(
      expect.objectContaining({
        change: 'gained',
        principal: bob,
        instance: instanceId,
        path: 'run-command',
      }),
    );
    expect(published.alerts).toBe(ports.notifier.alerts.length);
    expect(published.alerts).toBeGreaterThan(0);
  });

  it('mails one digest with a text and an HTML part', async () => {
    const { scan, ports } = workbench(before);
    await scan('run-1');
    expect(ports.mailer.mails).toHaveLength(1);
    const mail = await PostalMime.parse(ports.mailer.mails[0]?.mime ?? '');
    expect(mail.subject).toContain('111122223333');
    expect(mail.text).toContain('111122223333');
    expect(mail.html).toContain('111122223333');
  });

  it('names the problem of a malformed policy and judges the rest', async () => {
    const broken = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Permit', Action: 'ssm:*', Resource: '*' }],
    };
    const { scan, json } = workbench({
      ...before,
      users: [...(before.users ?? []), { name: 'carol', policy: broken }],
    });
    const { audited } = await scan('run-1');
    expect(audited.cells).toBeGreaterThan(0);
    const { problems } = await json<{ problems: { policy: string }[] }>('runs/run-1/coverage.json');
    expect(problems.map(({ policy }) => policy)).toEqual(['arn:aws:iam::111122223333:user/carol#access']);
  });

  it.each([
    ['nobody and nothing', {}],
    ['users and no instance', { users: before.users ?? [] }],
    ['an instance and no user', { instances: before.instances ?? [] }],
  ])('audits an account with %s', async (_, account) => {
    const { scan, json } = workbench(account);
    const { audited } = await scan('run-1');
    expect(audited.cells).toBe(0);
    expect(await json('runs/run-1/drift.json')).toEqual([]);
  });
});

it('two different accounts are not compared', async () => {
  const { ports, scan, json } = workbench(before);
  await scan('run-1');
  const text = JSON.stringify(inputFiles(before)).replaceAll('111122223333', '444455556666');
  ports.source.files = JSON.parse(text) as Record<string, unknown>;
  await expect(scan('run-2')).rejects.toThrow(
    '`runs/` holds runs of account `111122223333`, and this is `444455556666`: write it to a folder of its own',
  );
  expect(await json('latest.json')).toEqual({ run: 'runs/run-1' });
});

describe('a repeated step', () => {
  it('does not collect a second time', async () => {
    const { ports } = workbench(before);
    const first = await collectStep(ports, { run: 'run-1', prefix: 'accounts/1/' });
    const calls = ports.source.calls.length;
    expect(await collectStep(ports, { run: 'run-1', prefix: 'accounts/1/' })).toEqual(first);
    expect(ports.source.calls).toHaveLength(calls);
  });

  it('gives the same output after it has finished', async () => {
    const { ports, scan } = workbench(before);
    await scan('run-1');
    ports.source.files = inputFiles(after);
    const { audited } = await scan('run-2');
    expect(await auditStep(ports, { run: 'run-2', prefix: '' })).toEqual(audited);
  });

  it('sends what a failed attempt did not send', async () => {
    const { ports } = workbench(after);
    const input = { run: 'run-1', accounts: [{ prefix: '' }], topic: 'alerts', mail: null };
    await collectStep(ports, { run: 'run-1', prefix: '' });
    await auditStep(ports, { run: 'run-1', prefix: '' });
    ports.notifier.failNext();
    const refused = await publishStep(ports, input);
    expect(refused).toMatchObject({
      ...{ refused: 1, waiting: 1, problems: [expect.stringContaining('no connection')] },
    });
    expect(await publishStep(ports, input)).toMatchObject({ alerts: 1, waiting: 0 });
    expect(await publishStep(ports, input)).toMatchObject({ alerts: 0, waiting: 0 });
  });

  it('does nothing if it had finished and other runs followed', async () => {
    const { ports, scan, json } = workbench(before);
    await scan('run-1');
    ports.source.files = inputFiles(after);
    await collectStep(ports, { run: 'run-2', prefix: '' });
    const audited = await auditStep(ports, { run: 'run-2', prefix: '' });
    const waiting = await ports.store.list('unsent/');
    expect(waiting.length).toBeGreaterThan(0);
    await collectStep(ports, { run: 'run-3', prefix: '' });
    await auditStep(ports, { run: 'run-3', prefix: '' });
    expect(await auditStep(ports, { run: 'run-2', prefix: '' })).toEqual(audited);
    expect(await ports.store.list('unsent/')).toEqual(waiting);
    expect(await json('latest.json')).toEqual({ run: 'runs/run-3' });
  });

  it('leaves the latest run unchanged if it dies while writing', async () => {
    const { ports, scan, json } = workbench(before);
    await scan('run-1');
    ports.source.files = inputFiles(after);
    await collectStep(ports, { run: 'run-2', prefix: '' });
    ports.store.beforeReplace('latest.json', () => {
      throw new Error('killed');
    });
    await expect(auditStep(ports, { run: 'run-2', prefix: '' })).rejects.toThrow('killed');
    expect(await json('latest.json')).toEqual({ run: 'runs/run-1' });
    const { audited } = await scan('run-3');
    expect(audited).toMatchObject({ previousRun: 'runs/run-1' });
    expect(audited.drift.gained).toBeGreaterThan(0);
  });
});

describe('two scans at once', () => {
  it('both finish, and the newer readings stay', async () => {
    const { ports, scan, json } = workbench(before);
    await scan('run-1');
    ports.source.files = inputFiles(after);
    await collectStep(ports, { run: 'run-2', prefix: '' });
    await collectStep(ports, { run: 'run-3', prefix: '' });
    ports.store.beforeReplace('latest.json', async () => {
      const winner = await auditStep(ports, { run: 'run-3', prefix: '' });
      expect(winner.drift.gained).toBeGreaterThan(0);
    });
    const loser = await auditStep(ports, { run: 'run-2', prefix: '' });
    expect(loser).toMatchObject({ previousRun: 'runs/run-3', drift: { gained: 0, lost: 0, changed: 0 } });
    expect(await json('runs/run-2/drift.json')).toEqual([]);
    expect(await json('latest.json')).toEqual({ run: 'runs/run-2' });
    const { users } = await json<Snapshot>('runs/run-2/snapshot.json.gz');
    expect(users).toEqual((await json<Snapshot>('runs/run-3/snapshot.json.gz')).users);
  });

  it('the newer one is compared with the older one if that finished first', async () => {
    const { ports, scan, json } = workbench(before);
    await scan('run-1');
    await collectStep(ports, { run: 'run-2', prefix: '' });
    ports.source.files = inputFiles(after);
    await collectStep(ports, { run: 'run-3', prefix: '' });
    ports.store.beforeReplace('latest.json', async () => {
      await auditStep(ports, { run: 'run-2', prefix: '' });
    });
    const newer = await auditStep(ports, { run: 'run-3', prefix: '' });
    expect(newer.previousRun).toBe('runs/run-2');
    expect(newer.drift.gained).toBeGreaterThan(0);
    expect(await json('latest.json')).toEqual({ run: 'runs/run-3' });
  });
});
