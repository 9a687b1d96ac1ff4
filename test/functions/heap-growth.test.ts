import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';

const FILE = path.join(import.meta.dirname, '../../functions/heap-growth.ts');

/** The space for new objects of a process after half a million of them, in MB, as Lambda's runtime limits it. */
function newSpace(before: string): number {
  const program = `${before}
    import { getHeapSpaceStatistics } from 'node:v8';
    const kept = [];
    for (let i = 0; i < 500_000; i += 1) kept.push({ i });
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    console.log(space.space_size / 1024 / 1024);`;
  const args = ['--max-semi-space-size=25', '--input-type=module', '-e', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return Number(stdout);
}

test('the space for new objects does not grow', () => {
  const small = newSpace(`import { keepHeapSmall } from ${JSON.stringify(FILE)}; keepHeapSmall();`);
  expect(small).toBeGreaterThan(0);
  expect(small).toBeLessThanOrEqual(4);
  // without it does, so that this test notices if V8 renames the flag
  expect(newSpace('')).toBeGreaterThan(4 * small);
});
