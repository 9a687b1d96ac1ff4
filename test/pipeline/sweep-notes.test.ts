import { describe, expect, it } from 'vitest';
import { checkStep } from '../../lib/pipeline/check.ts';
import {
  alertRecordKey,
  eventRecordKey,
  mailRecordKey,
  unsentAlertKey,
  unsentDigestKey,
} from '../../lib/pipeline/keys.ts';
import { runName } from '../../lib/pipeline/plan.ts';
import { ALERT_KINDS, sweepMailNotes, sweepNotes } from '../../lib/pipeline/sweep-notes.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, putUserPolicy, workbench } from './account.ts';

const DAY = 24 * 60 * 60_000;
const EVENT = '0a1b2c3d-0000-4000-8000-00000000000';

type Bench = ReturnType<typeof workbench>;

/** A scan and some checks; everything was sent. */
async function told(): Promise<Bench> {
  const bench = workbench(before);
  const { source, clock, store } = bench.ports;
  await bench.scan(runName(clock.now()));
  for (let n = 0; n < 6; n += 1) {
    source.files = inputFiles(n % 2 === 0 ? after : before);
    // events are as old as their handling
    const time = new Date(clock.now().getTime()).toISOString();
    await checkStep(bench.ports, {
      prefix: '',
      events: [putUserPolicy(`${EVENT}${n}`, { eventTime: time })],
      topic: 'alerts',
    });
  }
  expect(notesIn(store).filter((key) => key.startsWith('events/'))).toHaveLength(6);
  expect(notesIn(store).filter((key) => key.startsWith('alerts/')).length).toBeGreaterThan(5);
  expect(notesIn(store).filter((key) => key.startsWith('mails/'))).toHaveLength(1);
  return bench;
}

const notesIn = (store: Bench['ports']['store']): readonly string[] =>
  [...store.objects.keys()].filter((key) => /^(events|alerts|mails)\//.test(key)).sort();

/** Each call examines one part of sixteen; after this many calls all were examined. */
async function sweepAll({ ports }: Bench, keepDays: number): Promise<number> {
  let deleted = 0;
  for (let n = 0; n < 200; n += 1) {
    const swept = await sweepNotes(ports, { prefix: '', keepDays });
    expect(swept.problem).toBeNull();
    deleted += swept.deleted;
  }
  const swept = await sweepMailNotes(ports, { keepDays });
  expect(swept.problem).toBeNull();
  return deleted + swept.deleted;
}

describe('notes about handled events and sent alerts', () => {
  it('expire after the given days, but not within 30', async () => {
    const bench = await told();
    const all = notesIn(bench.ports.store);
    bench.ports.clock.pass(29 * DAY);
    expect(await sweepAll(bench, 1)).toBe(0);
    bench.ports.clock.pass(2 * DAY);
    expect(await sweepAll(bench, 40)).toBe(0);
    expect(await sweepAll(bench, 0)).toBe(0);
    expect(notesIn(bench.ports.store)).toEqual(all);
    expect(await sweepAll(bench, 1)).toBe(all.length);
    expect(notesIn(bench.ports.store)).toEqual([]);
  });

  it('stay while their alert or mail waits, and if their age cannot be read', async () => {
    const bench = await told();
    const { store, clock } = bench.ports;
    const all = notesIn(store);
    const [alert = ''] = all.filter((key) => key.startsWith('alerts/'));
    const [mail = ''] = all.filter((key) => key.startsWith('mails/'));
    const run = mail.slice('mails/'.length, -'.json'.length);
    const key = alert.slice('alerts/'.length, -'.json'.length);
    expect([alertRecordKey('', key), mailRecordKey(run)]).toEqual([alert, mail]);
    await store.create(unsentAlertKey('', run, 3, key), '{}');
    await store.create(unsentDigestKey('', run), '{}');
    await store.create(eventRecordKey('', `${EVENT}9`), 'no JSON');
    clock.pass(100 * DAY);
    await sweepAll(bench, 40);
    expect(notesIn(store)).toEqual([alert, eventRecordKey('', `${EVENT}9`), mail].sort());
  });

  it('have the name of their subject', async () => {
    const { ports } = await told();
    for (const key of notesIn(ports.store).filter((one) => one.startsWith('alerts/')))
      expect(key).toMatch(new RegExp(`^alerts/[${ALERT_KINDS.join('')}]-[0-9a-f]`));
  });

  it('that cannot be deleted give a problem, not an error', async () => {
    const { ports } = await told();
    const store = {
      ...ports.store,
      list: () => Promise.reject(new Error('access denied')),
    };
    for (const swept of [
      await sweepNotes({ ...ports, store }, { prefix: '', keepDays: 40 }),
      await sweepMailNotes({ ...ports, store }, { keepDays: 40 }),
    ])
      expect(swept).toEqual({ deleted: 0, problem: 'notes that expired are not deleted: access denied' });
  });

  it('of another account stay', async () => {
    const bench = await told();
    await bench.ports.store.create('accounts/1/events/0.json', '{"time":"2020-01-01T00:00:00Z"}');
    bench.ports.clock.pass(100 * DAY);
    await sweepAll(bench, 40);
    expect([...bench.ports.store.objects.keys()]).toContain('accounts/1/events/0.json');
  });
});
