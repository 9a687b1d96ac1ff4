import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outboxMailer, outboxNotifier } from '../../../lib/adapters/local/outbox.ts';

let dir: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'latchkey-outbox-')), 'outbox');
});
afterEach(() => rm(join(dir, '..'), { recursive: true, force: true }));

const TIME = '2026-08-23T10-15-00.000Z';
const alert = (key: string) => ({
  topic: 'alerts',
  subject: 's',
  message: 'a\nb 🦊',
  attributes: { severity: 'critical' },
  key,
});

describe('an outbox', () => {
  it('numbers alerts, also those of two that write at once', async () => {
    const [one, two] = [outboxNotifier(dir, TIME), outboxNotifier(dir, TIME)];
    await Promise.all(
      ['a', 'b', 'c', 'd'].flatMap((key) => [one.publish(alert(key)), two.publish(alert(`${key}2`))]),
    );
    const names = await readdir(dir);
    expect(names.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${TIME}-${n}-alert.json`));
    const alerts = await Promise.all(
      names.map(async (name) => JSON.parse(await readFile(join(dir, name), 'utf8'))),
    );
    expect(alerts.map((one) => one.key).sort()).toEqual(['a', 'a2', 'b', 'b2', 'c', 'c2', 'd', 'd2']);
    expect(alerts[0]).toEqual(alert(alerts[0].key));
  });

  it('holds a mail byte for byte, and never overwrites one', async () => {
    const mailer = outboxMailer(dir, TIME);
    const mail = (mime: string) => ({ from: 'a@example.com', to: ['b@example.com'], mime });
    await mailer.send(mail('Subject: one\r\n\r\nbody\r\n'));
    await mailer.send(mail('Subject: two\r\n\r\n'));
    expect((await readdir(dir)).sort()).toEqual([`${TIME}-2-digest.eml`, `${TIME}-digest.eml`]);
    expect(await readFile(join(dir, `${TIME}-digest.eml`), 'utf8')).toBe('Subject: one\r\n\r\nbody\r\n');
  });
});
