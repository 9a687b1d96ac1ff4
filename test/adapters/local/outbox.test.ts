import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outboxMailer, outboxNotifier } from '../../../lib/adapters/local/outbox.ts';

let dir: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'latchkey-outbox-')), 'outbox');
});
afterEach(() => rm(join(dir, '..'), { recursive: true, force: true }));

const RUN = '2026-08-23T10-15-00.000Z';
const alert = (key: string) => ({
  topic: 'alerts',
  subject: 's',
  message: 'a\nb 🦊',
  attributes: { severity: 'critical' },
  key,
});

describe('an outbox', () => {
  it('numbers the alerts of a run, also if two write at once', async () => {
    const [one, two] = [outboxNotifier(dir), outboxNotifier(dir)];
    await Promise.all(
      ['a', 'b', 'c', 'd'].flatMap((key) => [
        one.publish(alert(key), RUN),
        two.publish(alert(`${key}2`), RUN),
      ]),
    );
    const names = await readdir(dir);
    expect(names.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${RUN}-${n}-alert.json`));
    const alerts = await Promise.all(
      names.map(async (name) => JSON.parse(await readFile(join(dir, name), 'utf8'))),
    );
    expect(alerts.map((one) => one.key).sort()).toEqual(['a', 'a2', 'b', 'b2', 'c', 'c2', 'd', 'd2']);
    expect(alerts[0]).toEqual(alert(alerts[0].key));
  });

  it('stores an alert of a run once, however often it is sent', async () => {
    const outboxes = [outboxNotifier(dir), outboxNotifier(dir), outboxNotifier(dir)];
    const all = () =>
      Promise.all(outboxes.flatMap((one) => ['a', 'b', 'c'].map((key) => one.publish(alert(key), RUN))));
    await all();
    await all();
    expect((await readdir(dir)).sort()).toEqual([1, 2, 3].map((n) => `${RUN}-${n}-alert.json`));
  });

  it('leaves other files alone, and continues after them', async () => {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, `${RUN}-1-alert.json`), 'half an ale');
    await outboxNotifier(dir).publish(alert('a'), RUN);
    expect(await readFile(join(dir, `${RUN}-1-alert.json`), 'utf8')).toBe('half an ale');
    expect((await readdir(dir)).sort()).toEqual([1, 2].map((n) => `${RUN}-${n}-alert.json`));
  });

  it('stores a mail unchanged, once, and never overwrites one', async () => {
    const mailer = outboxMailer(dir);
    const mail = (mime: string) => ({ from: 'a@example.com', to: ['b@example.com'], mime });
    await mailer.send(mail('Subject: one\r\n\r\nbody\r\n'), RUN);
    await mailer.send(mail('Subject: one, later\r\n\r\n'), RUN);
    await mailer.send(mail('Subject: two\r\n\r\n'), `${RUN}-2`);
    expect((await readdir(dir)).sort()).toEqual([`${RUN}-2-digest.eml`, `${RUN}-digest.eml`]);
    expect(await readFile(join(dir, `${RUN}-digest.eml`), 'utf8')).toBe('Subject: one\r\n\r\nbody\r\n');
  });
});
