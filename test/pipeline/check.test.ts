import { describe, expect, it } from 'vitest';
import type { Drift } from '../../lib/drift/drift.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { auditStep } from '../../lib/pipeline/audit.ts';
import { checkStep } from '../../lib/pipeline/check.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { cellsOf } from '../drift/cells-of.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, bob, instanceId, putUserPolicy, workbench } from './account.ts';

const eventId = '1f00bcfa-0000-4000-8000-000000000001';

/** An account that was scanned once, and then changed. */
async function changed() {
  const bench = workbench(before);
  await bench.scan('run-1');
  bench.ports.notifier.alerts.length = 0;
  bench.ports.source.calls.length = 0;
  bench.ports.source.files = inputFiles(after);
  const check = (...events: unknown[]) => checkStep(bench.ports, { prefix: '', events, topic: 'alerts' });
  return { ...bench, check, alerts: bench.ports.notifier.alerts };
}

describe('a check', () => {
  it('reads again only what the event affects, and alerts with the event and its actor', async () => {
    const { check, ports, alerts, json } = await changed();
    const output = await check(putUserPolicy(eventId));
    expect(output).toMatchObject({ results: [{ index: 0, outcome: 'audited' }], alerts: alerts.length });
    expect(output.drift).toBeGreaterThan(0);
    expect(ports.source.calls.length).toBeGreaterThan(0);
    expect(ports.source.calls.filter((name) => !name.startsWith('iam.'))).toEqual([]);
    const drift = await json<Drift[]>(`runs/${output.run}/drift.json`);
    expect(cellsOf(drift).find(({ path }) => path === 'run-command')).toMatchObject({
      change: 'gained',
      principal: bob,
      instance: instanceId,
      cause: { eventId, eventName: 'PutUserPolicy', sourceIp: '203.0.113.9' },
    });
    const message = alerts.map((alert) => alert.message).join('\n');
    for (const part of [bob, instanceId, 'run-command', eventId, 'user/admin'])
      expect(message).toContain(part);
    expect(await json('latest.json')).toEqual({ run: `runs/${output.run}` });
  });

  it('alerts once for an event that is delivered twice, also in one batch', async () => {
    const { check, alerts } = await changed();
    const first = await check(putUserPolicy(eventId), putUserPolicy(eventId));
    expect(first.results.map(({ outcome }) => outcome)).toEqual(['audited', 'duplicate']);
    const sent = alerts.length;
    expect(sent).toBeGreaterThan(0);
    const second = await check(putUserPolicy(eventId));
    expect(second).toMatchObject({ results: [{ outcome: 'duplicate' }], run: null, drift: 0, alerts: 0 });
    expect(alerts).toHaveLength(sent);
  });

  it('ignores failed events, events out of scope and of other accounts, and gives the reason', async () => {
    const { check, ports } = await changed();
    const output = await check(
      putUserPolicy('e-1', { errorCode: 'AccessDenied' }),
      putUserPolicy('e-2', { eventSource: 'dynamodb.amazonaws.com', eventName: 'CreateTable' }),
      putUserPolicy('e-3', {
        recipientAccountId: '999988887777',
        userIdentity: { type: 'Root', accountId: '999988887777' },
      }),
    );
    expect(output.results.map(({ outcome }) => outcome)).toEqual(['ignored', 'ignored', 'ignored']);
    expect(output.results[0]?.reason).toContain('AccessDenied');
    expect(output.results[1]?.reason).toContain('CreateTable');
    expect(output.results[2]?.reason).toContain('999988887777');
    expect(output.run).toBeNull();
    expect(ports.source.calls).toEqual([]);
  });

  it('reports an envelope that cannot be read and answers the others', async () => {
    const { check } = await changed();
    const { results } = await check('not an object', putUserPolicy(eventId), null);
    expect(results.map(({ index, outcome }) => [index, outcome])).toEqual([
      [0, 'unreadable'],
      [1, 'audited'],
      [2, 'unreadable'],
    ]);
    expect(results[0]?.reason).toBeTruthy();
  });

  it('reads a whole service again for an unknown event of it', async () => {
    const { check, ports } = await changed();
    const event = putUserPolicy(eventId, {
      eventSource: 'ec2.amazonaws.com',
      eventName: 'ReshapeTheFleet',
      requestParameters: { anything: [1, { at: 'all' }] },
    });
    expect((await check(event)).results).toEqual([{ index: 0, outcome: 'audited' }]);
    expect(ports.source.calls).toContain('us-east-1/ec2.describe-instances.json');
    expect(ports.source.calls.filter((name) => !name.startsWith('us-east-1/ec2.'))).toEqual([]);
  });

  it('of a tag makes at most five calls, and one if the tag is on an instance', async () => {
    const { check, ports } = await changed();
    const output = await check(
      putUserPolicy('e-tag', {
        ...{ eventSource: 'ec2.amazonaws.com', eventName: 'CreateTags' },
        requestParameters: { resourcesSet: { items: [{ resourceId: instanceId }] } },
      }),
    );
    expect(output.results).toEqual([{ index: 0, outcome: 'audited' }]);
    expect(ports.source.calls.length).toBeGreaterThan(0);
    expect(ports.source.calls.length).toBeLessThanOrEqual(5);
    expect(ports.source.calls.filter((name) => !name.includes('ec2.describe-instances'))).toEqual([]);
  });

  it('waits for the first scan, and reports unreadable envelopes at once', async () => {
    const { ports } = workbench(before);
    const { results } = await checkStep(ports, {
      prefix: '',
      events: [putUserPolicy(eventId), 7],
      topic: 'alerts',
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(['ignored', 'unreadable']);
  });

  it('accepts an event id that is no file name', async () => {
    const { check, ports } = await changed();
    await check(putUserPolicy('../../latest'));
    expect([...ports.store.objects.keys()].filter((key) => key.includes('..'))).toEqual([]);
    expect((await check(putUserPolicy('../../latest'))).results[0]?.outcome).toBe('duplicate');
  });
});

it('a check examines an event again if its record is damaged, and says so', async () => {
  const { check, ports } = await changed();
  await ports.store.create(`events/${eventId}.json`, '{"state":"hand');
  const output = await check(putUserPolicy(eventId), putUserPolicy('e-2'));
  expect(output.results.map(({ outcome }) => outcome)).toEqual(['audited', 'audited']);
  expect(output.problems).toEqual([expect.stringContaining(eventId)]);
  expect((await check(putUserPolicy(eventId))).results[0]?.outcome).toBe('duplicate');
});

it('a check reads no run for events of another account', async () => {
  const { ports } = await changed();
  const read: string[] = [];
  const store = {
    ...ports.store,
    get: async (key: string) => {
      read.push(key);
      return ports.store.get(key);
    },
  };
  const foreign = putUserPolicy('e-3', {
    recipientAccountId: '999988887777',
    userIdentity: { type: 'Root' },
  });
  const output = await checkStep(
    { ...ports, store },
    { prefix: '', accountId: '111122223333', events: [foreign], topic: 'alerts' },
  );
  expect(output.results).toMatchObject([{ outcome: 'ignored' }]);
  expect(read).toEqual(['latest.json']);
});

it('a check makes two requests to the store for each event, however many there are, some at a time', async () => {
  const requestsFor = async (
    count: number,
  ): Promise<{ readonly requests: number; readonly most: number }> => {
    const { ports } = await changed();
    let [requests, atOnce, most] = [0, 0, 0];
    const counted =
      <Arguments extends unknown[], Answer>(ask: (...given: Arguments) => Promise<Answer>) =>
      async (...given: Arguments): Promise<Answer> => {
        requests += 1;
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise(setImmediate);
        const answer = await ask(...given);
        atOnce -= 1;
        return answer;
      };
    const { get, create, replace, list } = ports.store;
    const store = {
      ...ports.store,
      ...{ get: counted(get), create: counted(create), replace: counted(replace) },
      ...{ list: counted(list), delete: counted(ports.store.delete) },
    };
    const events = Array.from({ length: count }, (_, n) => putUserPolicy(`e-${n}`));
    await checkStep({ ...ports, store }, { prefix: '', accountId: '111122223333', events, topic: 'alerts' });
    return { requests, most };
  };
  const [one, hundred] = [await requestsFor(1), await requestsFor(100)];
  // and two for the list of events without an effect
  expect(hundred.requests - one.requests).toBe(2 * 99 + 2);
  expect(hundred.most).toBe(16);
});

describe('one bad event of a batch', () => {
  const deep = (levels: number): unknown => {
    let value: unknown = { a: 1 };
    for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { k: value };
    return value;
  };
  it.each<readonly [string, () => object]>([
    ['nested 100,000 deep', () => ({ requestParameters: deep(100_000) })],
    ['of one long string', () => ({ requestParameters: { userName: 'i-'.repeat(125_000) } })],
    [
      'of 100,000 resources',
      () => ({
        eventSource: 'ec2.amazonaws.com',
        eventName: 'CreateTags',
        requestParameters: {
          resourcesSet: { items: Array.from({ length: 100_000 }, (_, n) => ({ resourceId: `i-${n}` })) },
        },
      }),
    ],
    ['with an id of 9 kB', () => ({ eventID: '../'.repeat(3000) })],
    [
      'of a region that nobody knows',
      () => ({ eventSource: 'ec2.amazonaws.com', awsRegion: 'xx-nowhere-9' }),
    ],
    [
      'with members of every object',
      () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
    ],
  ])('%s does not affect the others', async (_, more) => {
    const { check, alerts } = await changed();
    const { results } = await check(putUserPolicy('e-poison', more()), putUserPolicy(eventId));
    expect(results[1]).toEqual({ index: 1, outcome: 'audited' });
    expect(alerts.map(({ message }) => message).join('\n')).toContain('user/bob');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

it('links its alerts to the change on the page of its run', async () => {
  const { ports, alerts, json } = await changed();
  const { run } = await checkStep(ports, {
    ...{ prefix: '', events: [putUserPolicy(eventId)], topic: 'alerts' },
    reportBase: 'https://reports.example/',
  });
  const [{ id } = { id: '' }] = await json<{ id: string }[]>(`runs/${run}/drift.json`);
  const page = `runs/${run}/report.html`;
  expect(alerts[0]?.message).toContain(`Report: https://reports.example/${page}#change-${id}\n`);
  expect((await ports.store.get(page))?.body).toContain('<!doctype html>');
});

describe('a check that dies', () => {
  it('is repeated until its alerts are sent, without a second audit', async () => {
    const { check, ports, alerts, json } = await changed();
    ports.notifier.failNext();
    const first = await check(putUserPolicy(eventId));
    expect(first).toMatchObject({ results: [{ outcome: 'unsent' }], refused: 1, waiting: 1 });
    expect(first.problems.join()).toContain('no connection');
    const { run } = await json<{ run: string }>('latest.json');
    expect(run).not.toBe('runs/run-1');
    const calls = ports.source.calls.length;
    const output = await check(putUserPolicy(eventId));
    expect(output.results).toEqual([{ index: 0, outcome: 'audited' }]);
    expect(output).toMatchObject({ waiting: 0, problems: [] });
    expect(`runs/${output.run}`).toBe(run);
    expect(ports.source.calls).toHaveLength(calls);
    expect(alerts.length).toBeGreaterThan(0);
    expect(alerts.map(({ message }) => message).join('\n')).toContain(eventId);
    const sent = alerts.length;
    expect((await check(putUserPolicy(eventId))).results[0]?.outcome).toBe('duplicate');
    expect(alerts).toHaveLength(sent);
  });

  it('is completed by the next scan', async () => {
    const { check, ports, alerts, scan } = await changed();
    ports.notifier.failNext();
    await check(putUserPolicy(eventId));
    await scan('run-9');
    expect(alerts.map(({ message }) => message).join('\n')).toContain(eventId);
    const sent = alerts.length;
    await check(putUserPolicy(eventId));
    expect(alerts).toHaveLength(sent);
  });

  it('is completed by a check of another event', async () => {
    const { check, ports, alerts } = await changed();
    ports.notifier.failNext();
    await check(putUserPolicy(eventId));
    const other = await check(putUserPolicy('e-other'));
    expect(other).toMatchObject({ results: [{ outcome: 'audited' }], drift: 0, alerts: 1, waiting: 0 });
    expect(alerts.map(({ message }) => message).join('\n')).toContain(eventId);
  });

  it('starts again if its run never became the latest', async () => {
    const { check, ports, alerts } = await changed();
    ports.store.beforeReplace('latest.json', () => {
      throw new Error('killed');
    });
    await expect(check(putUserPolicy(eventId))).rejects.toThrow('killed');
    expect(alerts).toEqual([]);
    const output = await check(putUserPolicy(eventId));
    expect(output.drift).toBeGreaterThan(0);
    expect(alerts.length).toBeGreaterThan(0);
  });
});

describe('two checks at once', () => {
  it('of one event, of which the first was killed after it moved the pointer: the second does not count it as handled', async () => {
    const { check, ports, alerts, json } = await changed();
    // the first one dies after it moved the pointer and made its claim
    let claimed = () => {};
    const isClaimed = new Promise<void>((resolve) => {
      claimed = resolve;
    });
    const publish = () => {
      claimed();
      return new Promise<never>(() => {});
    };
    const dies = { ...ports, invocation: 'dies', notifier: { publish } };
    ports.store.beforeReplace('latest.json', async () => {
      void checkStep(dies, { prefix: '', events: [putUserPolicy(eventId)], topic: 'alerts' });
      await isClaimed;
    });
    const second = await check(putUserPolicy(eventId));
    expect(second).toMatchObject({ drift: 0, results: [{ outcome: 'unsent' }], waiting: 1 });
    expect(await json(`events/${eventId}.json`)).toBeNull();
    ports.clock.pass(31 * 60_000);
    const again = await check(putUserPolicy(eventId));
    expect(again).toMatchObject({ alerts: 1, waiting: 0, results: [{ outcome: 'audited' }] });
    expect(alerts.map(({ message }) => message).join('\n')).toContain(eventId);
    expect(new Set(alerts.map(({ key }) => key)).size).toBe(alerts.length);
    expect((await check(putUserPolicy(eventId))).results[0]?.outcome).toBe('duplicate');
  });

  it('report every change once', async () => {
    const { check, ports, json, alerts } = await changed();
    let inner: Awaited<ReturnType<typeof check>> | undefined;
    ports.store.beforeReplace('latest.json', async () => {
      inner = await check(putUserPolicy('e-inner'));
    });
    const outer = await check(putUserPolicy('e-outer'));
    expect(inner?.drift).toBeGreaterThan(0);
    expect(outer.drift).toBe(0);
    expect(await json(`runs/${outer.run}/drift.json`)).toEqual([]);
    expect(await json('latest.json')).toEqual({ run: `runs/${outer.run}` });
    expect(new Set(alerts.map(({ key }) => key)).size).toBe(alerts.length);
  });
});

describe('a scan that runs while an event is checked', () => {
  it('neither undoes what the check reported nor reports it again', async () => {
    const { check, ports, json } = await changed();
    // the scan read the account before bob got his policy, and the check ends before the scan does
    ports.source.files = inputFiles(before);
    const late = ports.source.read;
    let checked = false;
    ports.source.read = async (call) => {
      const answer = await late(call);
      if (checked || call.service !== 'ssm') return answer;
      checked = true;
      ports.source.files = inputFiles(after);
      await check(putUserPolicy(eventId));
      return answer;
    };
    await collectStep(ports, { run: 'run-2', prefix: '' });
    const audited = await auditStep(ports, { run: 'run-2', prefix: '' });
    expect(audited.drift).toEqual({ gained: 0, lost: 0, changed: 0 });
    expect(await json('latest.json')).toEqual({ run: 'runs/run-2' });
  });

  it('includes what the check read, if the check ends after the scan has collected', async () => {
    const { check, ports, json, alerts } = await changed();
    ports.source.files = inputFiles(before);
    await collectStep(ports, { run: 'run-2', prefix: '' });
    ports.source.files = inputFiles(after);
    await check(putUserPolicy(eventId));
    const sent = alerts.length;
    const audited = await auditStep(ports, { run: 'run-2', prefix: '' });
    expect(audited.drift).toEqual({ gained: 0, lost: 0, changed: 0 });
    expect(await json('latest.json')).toEqual({ run: 'runs/run-2' });
    const findings = await json<Finding[]>('runs/run-2/findings.json');
    expect(findings.filter(({ status }) => status === 'new' || status === 'resolved')).toEqual([]);
    expect(alerts).toHaveLength(sent);
  });

  it('reports changes that the check did not read', async () => {
    const { check, ports, json } = await changed();
    // bob's policy changed without an event; the check is about EC2 and ends between collect and audit
    await collectStep(ports, { run: 'run-2', prefix: '' });
    await check(putUserPolicy(eventId, { eventSource: 'ec2.amazonaws.com', eventName: 'ReshapeTheFleet' }));
    const audited = await auditStep(ports, { run: 'run-2', prefix: '' });
    expect(audited.drift.gained).toBeGreaterThan(0);
    expect(await json('latest.json')).toEqual({ run: 'runs/run-2' });
    const { coverage } = await json<Snapshot>('runs/run-2/snapshot.json.gz');
    const read = new Map(coverage.map((entry) => [entry.call, entry.readAt ?? '']));
    expect((read.get('ec2.describe-instances') ?? '') > (read.get('ssm.get-document') ?? '')).toBe(true);
  });
});
