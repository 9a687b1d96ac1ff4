import { spawnSync } from 'node:child_process';
import { mkdtemp, open, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removeLeftovers } from '../../../lib/adapters/local/folder-leftovers.ts';
import { withLock } from '../../../lib/adapters/local/folder-lock.ts';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'latchkey-lock-'));
  file = join(dir, 'latest.json');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const lock = (): string => join(dir, '.latest.json.lock');
const lockOfLock = (): string => join(dir, '..latest.json.lock.lock');

/** The id of a process that has ended. */
const dead = spawnSync(process.execPath, ['--version']).pid;

const minuteAgo = () => new Date(Date.now() - 60_000);

async function leaveBehind(path: string): Promise<void> {
  await writeFile(path, `${dead} left-behind`);
}

/** The work under the lock: it finds out whether another one does it too. */
async function alone(): Promise<'alone' | 'not alone'> {
  const inside = join(dir, 'inside');
  const mark = await open(inside, 'wx').catch(() => null);
  if (mark === null) return 'not alone';
  await mark.close();
  await sleep(1);
  await rm(inside);
  return 'alone';
}

const together = (count: number) => Promise.all(Array.from({ length: count }, () => withLock(file, alone)));

describe('a lock that a killed process left behind', () => {
  test('is taken by one only, however many find it at once', async () => {
    for (let round = 0; round < 25; round += 1) {
      await leaveBehind(lock());
      expect(await together(8)).toEqual(Array.from({ length: 8 }, () => 'alone'));
    }
    expect(await readdir(dir)).toEqual([]);
  }, 60_000);

  test('is taken even if the process that removed it was killed as well', async () => {
    await leaveBehind(lock());
    await leaveBehind(lockOfLock());
    expect(await together(4)).toEqual(Array.from({ length: 4 }, () => 'alone'));
    expect(await readdir(dir)).toEqual([]);
  });

  test('is deleted while others take it, and the lock of a living process is not', async () => {
    for (let round = 0; round < 25; round += 1) {
      await leaveBehind(lock());
      await utimes(lock(), minuteAgo(), minuteAgo());
      const [done] = await Promise.all([
        together(4),
        ...Array.from({ length: 4 }, () => removeLeftovers(dir)),
      ]);
      expect(done).toEqual(Array.from({ length: 4 }, () => 'alone'));
    }
    expect(await readdir(dir)).toEqual([]);
  }, 60_000);

  test('is deleted together with the lock for taking it', async () => {
    for (const path of [lock(), lockOfLock()]) {
      await leaveBehind(path);
      await utimes(path, minuteAgo(), minuteAgo());
    }
    await removeLeftovers(dir);
    expect(await readdir(dir)).toEqual([]);
  });
});

test('a process that was suspended so long that its lock was taken releases only its own lock', async () => {
  let others: Promise<unknown> = Promise.resolve();
  await withLock(file, async () => {
    await utimes(lock(), minuteAgo(), minuteAgo());
    await new Promise<void>((begun) => {
      others = withLock(file, async () => {
        begun();
        await sleep(50);
        expect(await readdir(dir)).toEqual(['.latest.json.lock']);
      });
    });
  });
  await others;
  expect(await readdir(dir)).toEqual([]);
});
