import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderStore } from '../../../lib/adapters/local/folder-store.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'latchkey-store-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Source of a program that works on the same folder in another process. */
const program = (body: string) => `
  import { folderStore } from ${JSON.stringify(join(import.meta.dirname, '../../../lib/adapters/local/folder-store.ts'))};
  const store = folderStore(${JSON.stringify(dir)});
  ${body}`;
const node = (body: string) =>
  promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', program(body)]);

describe('a store in a folder', () => {
  // a limit on the size of a file ends a write in the middle, as a full disk does
  it
    .runIf(process.platform === 'linux')
    .each([
      `create('runs/big.txt', big)`,
      `replace('latest.json', big, (await store.get('latest.json')).etag)`,
    ])('leaves no part of a file behind when a write ends in the middle: %s', async (write) => {
    await folderStore(dir).create('latest.json', 'one');
    const body = `const big = 'x'.repeat(1_000_000); await store.${write};`;
    const limited = `ulimit -f 64; exec "$0" --input-type=module-typescript -e "$1"`;
    const run = promisify(execFile)('bash', ['-c', limited, process.execPath, program(body)]);
    await expect(run).rejects.toThrow('EFBIG');
    expect((await readdir(dir, { recursive: true })).sort()).toEqual(
      write.startsWith('create') ? ['latest.json', 'runs'] : ['latest.json'],
    );
    expect((await folderStore(dir).get('latest.json'))?.body).toBe('one');
  });

  it.runIf(process.platform === 'linux')(
    'reports that no folder can be created, and does not retry forever',
    async () => {
      const child = node(`
      await folderStore('/proc/latchkey/deep').create('runs/a.json', 'one');`);
      const timer = setTimeout(() => child.child.kill('SIGKILL'), 10_000);
      await expect(child).rejects.toThrow('ENOENT');
      clearTimeout(timer);
    },
    15_000,
  );

  it('creates once and never overwrites', async () => {
    const store = folderStore(dir);
    expect(await store.create('runs/a/snapshot.json', 'one')).toBe('created');
    expect(await store.create('runs/a/snapshot.json', 'two')).toBe('exists');
    expect((await store.get('runs/a/snapshot.json'))?.body).toBe('one');
  });

  it('stores compressed objects compressed, and returns their text', async () => {
    const store = folderStore(dir);
    const [one, two] = ['one ä€😀\n'.repeat(1000), 'two'];
    expect(await store.create('a.json.gz', one)).toBe('created');
    expect(gunzipSync(await readFile(join(dir, 'a.json.gz'))).toString()).toBe(one);
    const there = await store.get('a.json.gz');
    expect(there?.body).toBe(one);
    expect(await store.replace('a.json.gz', two, there!.etag)).toBe('replaced');
    expect((await store.get('a.json.gz'))?.body).toBe(two);
    expect(await store.replace('b.json.gz', two, null)).toBe('replaced');
    expect(gunzipSync(await readFile(join(dir, 'b.json.gz'))).toString()).toBe(two);
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -9)],
    ['no gzip', () => Buffer.from('{}')],
    ['empty', () => Buffer.alloc(0)],
  ])('names a compressed object that is %s', async (_, how) => {
    const store = folderStore(dir);
    await store.create('a.json.gz', 'one');
    await writeFile(join(dir, 'a.json.gz'), how(await readFile(join(dir, 'a.json.gz'))));
    await expect(store.get('a.json.gz')).rejects.toThrow(/^cannot read `a.json.gz`: .*: run `scan` again$/);
  });

  it('replaces only the version that was read', async () => {
    const store = folderStore(dir);
    expect(await store.replace('latest.json', 'one', null)).toBe('replaced');
    expect(await store.replace('latest.json', 'two', null)).toBe('conflict');
    const etag = (await store.get('latest.json'))!.etag;
    expect(await store.replace('latest.json', 'two', etag)).toBe('replaced');
    expect(await store.replace('latest.json', 'three', etag)).toBe('conflict');
    expect((await store.get('latest.json'))?.body).toBe('two');
  });

  it('returns null for a missing object', async () => {
    const store = folderStore(join(dir, 'not-there'));
    expect(await store.get('latest.json')).toBeNull();
    expect(await store.list('')).toEqual([]);
    expect(await store.replace('latest.json', 'x', 'an-etag')).toBe('conflict');
  });

  it('lists keys by prefix, sorted, without files of its own', async () => {
    const store = folderStore(dir);
    for (const key of ['runs/b/x.json', 'runs/a/x.json', 'runs-old/x.json', 'latest.json'])
      await store.create(key, key);
    const { etag } = (await store.get('latest.json'))!;
    await store.replace('latest.json', 'new', etag);
    await writeFile(join(dir, 'runs', '.half-written.tmp'), 'x');
    expect(await store.list('runs/')).toEqual(['runs/a/x.json', 'runs/b/x.json']);
    expect(await store.list('runs')).toEqual(['runs-old/x.json', 'runs/a/x.json', 'runs/b/x.json']);
    expect((await readdir(dir)).sort()).toEqual(['latest.json', 'runs', 'runs-old']);
  });

  it('lists no more than wanted', async () => {
    const store = folderStore(dir);
    for (const key of ['unsent/c', 'unsent/a', 'unsent/b']) await store.create(key, key);
    expect(await store.list('unsent/', 2)).toEqual(['unsent/a', 'unsent/b']);
    expect(await store.list('unsent/', 9)).toHaveLength(3);
  });

  it('deletes only the version that was read, and once', async () => {
    const store = folderStore(dir);
    await store.create('unsent/a', 'one');
    const { etag } = (await store.get('unsent/a'))!;
    await store.replace('unsent/a', 'two', etag);
    expect(await store.delete('unsent/a', etag)).toBe('conflict');
    expect((await store.get('unsent/a'))?.body).toBe('two');
    const now = (await store.get('unsent/a'))!.etag;
    const both = await Promise.all([store.delete('unsent/a', now), store.delete('unsent/a', now)]);
    expect(both.sort()).toEqual(['conflict', 'deleted']);
    expect(await store.get('unsent/a')).toBeNull();
    expect(await readdir(join(dir, 'unsent'))).toEqual([]);
    expect(await store.delete('unsent/never', now)).toBe('conflict');
  });

  it('deletes any version if no tag is given, with the folder if that is then empty', async () => {
    const store = folderStore(dir);
    for (const file of ['a', 'b']) await store.create(`runs/one/${file}`, file);
    await store.create('runs/two/a', 'a');
    await store.delete('runs/one/a', null);
    expect(await readdir(join(dir, 'runs/one'))).toEqual(['b']);
    await Promise.all([store.delete('runs/one/b', null), store.delete('runs/one/b', null)]);
    expect(await readdir(join(dir, 'runs'))).toEqual(['two']);
    expect(await store.delete('runs/never/a', null)).toBe('deleted');
  });

  it.each(['../escaped', '/absolute', 'a//b', 'a/.hidden', 'a\\b', '', 'a/../../b'])(
    'refuses the key %j',
    async (key) => {
      await expect(async () => folderStore(dir).create(key, 'x')).rejects.toThrow('cannot be the key');
    },
  );

  it('loses no update if two processes replace at once', async () => {
    const store = folderStore(dir);
    await store.create('counter', '0');
    const count = `
      for (let done = 0; done < 40; ) {
        const { body, etag } = await store.get('counter');
        if (await store.replace('counter', String(Number(body) + 1), etag) === 'replaced') done++;
      }`;
    await Promise.all([node(count), node(count)]);
    expect((await store.get('counter'))?.body).toBe('80');
  }, 30_000);

  it('lets one of two processes create', async () => {
    const race = `
      let won = 0;
      for (let i = 0; i < 60; i++) if (await store.create('race/' + i, 'x') === 'created') won++;
      console.log(won);`;
    const [a, b] = await Promise.all([node(race), node(race)]);
    expect(Number(a.stdout) + Number(b.stdout)).toBe(60);
  }, 30_000);

  it('continues after a process was killed while it held the lock', async () => {
    const store = folderStore(dir);
    await store.create('latest.json', 'one');
    const killed = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await writeFile(join(dir, '.latest.json.lock'), String(killed.pid));
    const swap = store.replace('latest.json', 'two', (await store.get('latest.json'))!.etag);
    killed.kill('SIGKILL');
    expect(await swap).toBe('replaced');
    expect((await store.get('latest.json'))?.body).toBe('two');
    expect(await readdir(dir)).toEqual(['latest.json']);
  }, 20_000);

  it('shows only whole objects while a writer is killed again and again', async () => {
    const store = folderStore(dir);
    const body = JSON.stringify('x'.repeat(200_000));
    await store.create('latest.json', body);
    const write = `
      const body = JSON.stringify('x'.repeat(200_000));
      for (let i = 0; ; i++) {
        await store.create('runs/' + process.pid + '-' + i, body);
        await store.replace('latest.json', body + ' '.repeat(i % 7), (await store.get('latest.json')).etag);
        process.stdout.write('.');
      }`;
    for (let round = 0; round < 3; round++) {
      const writer = spawn(process.execPath, ['--input-type=module-typescript', '-e', program(write)]);
      // killed while it writes, however long it took to start
      await new Promise((resolve) => writer.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, 37 * round));
      writer.kill('SIGKILL');
      await new Promise((resolve) => writer.on('exit', resolve));
    }
    const keys = await store.list('');
    expect(keys.length).toBeGreaterThan(3);
    for (const key of keys) expect((await store.get(key))?.body.trimEnd().length).toBe(body.length);
  }, 30_000);
});
