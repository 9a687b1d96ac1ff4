import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CALLS_SIZES, callsOf } from '../../bench/calls.ts';

const env = { ...process.env };
let calls: Readonly<Record<string, number>>;
beforeAll(async () => {
  for (const size of CALLS_SIZES.slice(0, 1)) calls = await callsOf(size);
}, 120_000);
afterAll(() => {
  process.env = env;
});

/** The table that `bench -- calls` writes: its rows, and the column of the smallest account. */
async function written(): Promise<Readonly<Record<string, number>>> {
  const [, table = ''] = (await readFile('docs/deploy.md', 'utf8')).split(
    '<!-- begin: made by bench -- calls -->',
  );
  const [rows = ''] = table.split('<!-- end');
  const found = [...rows.matchAll(/^\| ([^|]+) \| ([\d,]+) \|/gm)];
  return Object.fromEntries(
    found.map(([, name = '', count = '']) => [name, Number(count.replaceAll(',', ''))]),
  );
}

test('the calls of a scan and of checks are as many as docs/deploy.md says', async () => {
  expect(Object.keys(calls).length).toBeGreaterThan(8);
  expect(await written(), 'run `npm run -s bench -- calls`').toEqual(calls);
});

test('a tag reads five things at most, and a scan more of them', () => {
  expect(calls['a tag on an instance (`CreateTags`)']).toBeLessThanOrEqual(5);
  expect(calls['a tag on an instance (`CreateTags`)']).toBeGreaterThan(0);
});
