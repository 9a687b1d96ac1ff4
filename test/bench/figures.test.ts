import { expect, test } from 'vitest';
import type { BenchResult } from '../../bench/bench.ts';
import { figuresPage, type Measured, measureAll, smaller } from '../../bench/figures-page.ts';

const RESULTS: Readonly<Record<string, readonly BenchResult[]>> = {
  'matrix --principals 3': [
    { principals: 3, seconds: 1.23456, growth: [1, 2.5], nested: { ms: 5 }, peakRssMb: null },
    { principals: 3, seconds: 3, growth: [1, 2.5], nested: { ms: 7 }, peakRssMb: 12 },
  ],
  drift: [
    {
      changes: [
        { change: 'none', cells: 0 },
        { change: 'a | b', cells: 1234567 },
      ],
    },
    {
      changes: [
        { change: 'none', cells: 0 },
        { change: 'a | b', cells: 1234569 },
      ],
    },
  ],
};

/** Measurements from a table: the next result on each call; without one it fails like a process. */
function fromTable(): (command: string) => Promise<BenchResult> {
  const calls = new Map<string, number>();
  return async (command) => {
    const call = calls.get(command) ?? 0;
    calls.set(command, call + 1);
    const result = RESULTS[command]?.[call];
    if (!result) throw new Error('Command failed: node bench/main.ts\nerror: no Chromium | here');
    return result;
  };
}

const PAGE = `# Figures

\`npm run bench -- figures --runs 2\` wrote this page on 2026-11-27, on 2 cores. Each measurement ran 2 times, in a process of its own. [performance.md](performance.md) says what the figures mean and which goals they have.

## \`matrix --principals 3\`

|  | median (least to most) |
| --- | --- |
| \`principals\` | 3 |
| \`seconds\` | 2.117 (1.235 to 3) |
| \`growth\` | 1, 2.5 |
| \`nested.ms\` | 6 (5 to 7) |
| \`peakRssMb\` | -; 12 |

## \`page\`

It failed: error: no Chromium \\| here

## \`drift\`

| change | cells |
| --- | --- |
| none | 0 |
| a \\| b | 1,234,568 (1,234,567 to 1,234,569) |
`;

test('the page has a table for each measurement, and one that fails does not lose the others', async () => {
  const written: (readonly Measured[])[] = [];
  const all = await measureAll(['matrix --principals 3', 'page', 'drift'], 2, fromTable(), async (some) => {
    written.push([...some]);
  });
  expect(written.map((some) => some.length)).toEqual([1, 2, 3]);
  expect(figuresPage(all, { day: '2026-11-27', machine: '2 cores', runs: 2 })).toBe(PAGE);
});

test('successful runs count even if another run of the same measurement fails', async () => {
  const [one] = await measureAll(['drift'], 3, fromTable(), async () => {});
  expect([one?.results.length, one?.failure]).toEqual([2, 'error: no Chromium | here']);
});

test('a crash is named by its error, not by the last line of its stack', async () => {
  const crash = async (): Promise<BenchResult> => {
    throw new Error(
      'Command failed: node\nTypeError: no such thing\n    at main (bench/main.ts:1:1)\n\nNode.js v24',
    );
  };
  const [one] = await measureAll(['demo'], 1, crash, async () => {});
  expect(one?.failure).toBe('TypeError: no such thing');
});

test('a small run has the same options', () => {
  expect(smaller('matrix --principals 10000 --instances 40')).toBe('matrix --principals 200 --instances 2');
  expect(smaller('demo')).toBe('demo');
});
