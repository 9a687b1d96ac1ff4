import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderLines } from '../../../lib/adapters/local/folder-lines.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'latchkey-lines-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Reads the file plain and compressed; the answers must be equal. */
const read = async (text: string, isWanted: (begin: string) => boolean) => {
  await writeFile(join(dir, 'text'), text);
  await writeFile(join(dir, 'text.gz'), gzipSync(text));
  const compressed = await folderLines(dir)('text.gz', isWanted);
  const plain = await folderLines(dir)('text', isWanted);
  expect(compressed).toBe(plain);
  return plain;
};

test.each([
  ['none at all', ''],
  ['without an end', 'a'],
  ['empty ones', '\n\n'],
  ['more than is read at once', 'ä€😀\n'.repeat(300_000)],
  ['a line longer than is read at once', `{\n${'€'.repeat(1_500_000)}\n}`],
  ['one that ends where a piece does', `${'x'.repeat(2 ** 20 - 1)}\ny\n`],
])('all lines together are the text: %s', async (_, text) => {
  expect(await read(text, () => true)).toBe(text);
});

test('only wanted lines are read, and each line is asked about once, in order', async () => {
  const lines = Array.from({ length: 100_000 }, (_, i) => `${i} ${'x'.repeat(i % 90)}`);
  const asked: string[] = [];
  const text = await read(lines.join('\n'), (begin) => {
    asked.push(begin);
    return begin.startsWith('7');
  });
  const begins = lines.map((line) => line.slice(0, 64));
  expect(asked).toEqual([...begins, ...begins]);
  expect(text).toBe(`${lines.filter((line) => line.startsWith('7')).join('\n')}\n`);
});

test.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ['no gzip', () => Buffer.from('{}')],
])('a compressed file that is %s is named', async (_, how) => {
  await writeFile(join(dir, 'text.gz'), how(gzipSync('a line\n'.repeat(1000))));
  await expect(folderLines(dir)('text.gz', () => true)).rejects.toThrow(/^cannot read `text.gz`: /);
});

test('a missing file is null, and a key outside the folder is refused', async () => {
  expect(await folderLines(dir)('runs/one/none.json', () => true)).toBeNull();
  expect(await folderLines(dir)('runs/one/none.json.gz', () => true)).toBeNull();
  await expect(folderLines(dir)('../text', () => true)).rejects.toThrow('cannot be the key');
});
