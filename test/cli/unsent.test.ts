import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, putUserPolicy } from '../pipeline/account.ts';
import { latchkey, outbox, temporaryFolder, writeFiles } from './run.ts';

async function scanned() {
  const dir = await temporaryFolder();
  const [from, out] = [join(dir, 'in'), join(dir, 'out')];
  await writeFiles(from, inputFiles(before));
  const scan = (...more: string[]) => latchkey(['scan', '--from', from, '--out', out, ...more]);
  await scan();
  return { dir, from, out, scan };
}

/** A file in place of the outbox: nothing can be written there. */
async function blockOutbox(out: string): Promise<() => Promise<void>> {
  await rm(join(out, 'outbox'), { recursive: true });
  await writeFile(join(out, 'outbox'), 'in the way');
  return () => rm(join(out, 'outbox'));
}

it('a scan that cannot write the outbox audits anyway and says so, and the next one sends', async () => {
  const { from, out, scan } = await scanned();
  await writeFiles(from, inputFiles(after));
  const free = await blockOutbox(out);
  const refused = await scan('--json');
  expect(refused.code).toBe(2);
  const { audited, published } = JSON.parse(refused.stdout);
  expect(audited.drift.gained).toBeGreaterThan(0);
  expect(published).toMatchObject({ alerts: 0, mails: 0 });
  expect(published.waiting).toBe((await readdir(join(out, 'unsent'))).length);
  expect(refused.stderr).toMatch(/latchkey: cannot send alert `\[CRITICAL\] 111122223333 user\/bob/);
  expect(refused.stderr).toMatch(/alerts or mails wait in `.*unsent`: the next `scan` or `check` sends them/);
  await free();
  const next = await scan('--json');
  expect(next.code).toBe(0);
  expect(JSON.parse(next.stdout).published).toEqual({ alerts: published.waiting - 1, mails: 2, waiting: 0 });
  expect((await outbox(out, '-alert.json')).join()).toContain('user/bob');
  expect(await readdir(join(out, 'unsent'))).toEqual([]);
});

it('a check that cannot write the outbox says so, and the event stays open until its alerts are sent', async () => {
  const { dir, from, out } = await scanned();
  await writeFiles(from, inputFiles(after));
  const event = join(dir, 'event.json');
  await writeFile(event, JSON.stringify(putUserPolicy('e-1')));
  const check = () => latchkey(['check', '--in', out, '--event', event, '--json']);
  const free = await blockOutbox(out);
  const refused = await check();
  expect(refused.code).toBe(2);
  expect(JSON.parse(refused.stdout)).toMatchObject({ results: [{ outcome: 'unsent' }], alerts: 0 });
  expect(refused.stderr).toContain('`check` sends them');
  await free();
  const next = await check();
  expect([next.code, JSON.parse(next.stdout)]).toMatchObject([
    0,
    { results: [{ outcome: 'audited' }], waiting: 0 },
  ]);
  expect((await outbox(out, '-alert.json')).join()).toContain('user/bob');
});

it('a scan deletes only what killed processes left behind', async () => {
  const { out, scan } = await scanned();
  const gone = 4_194_304; // larger than any process id of Linux
  await writeFiles(out, {
    [`runs/r/.drift.json.${gone}-1-1.tmp`]: 'half',
    '.latest.json.lock': `${gone} left-behind`,
    'runs/.mine.lock': 'mine',
    'runs/.held.lock': `${process.pid} alive`,
    [`alerts/.k.json.${process.pid}-1-1.tmp`]: 'alive',
    'runs/.mine': 'mine',
    [`mine/.a.${gone}-1-1.tmp`]: 'mine',
  });
  await scan();
  const hidden = (await readdir(out, { recursive: true })).filter((file) => /(^|\/)\./.test(file));
  expect(hidden.sort()).toEqual([
    `alerts/.k.json.${process.pid}-1-1.tmp`,
    `mine/.a.${gone}-1-1.tmp`,
    'runs/.held.lock',
    'runs/.mine',
    'runs/.mine.lock',
  ]);
});
