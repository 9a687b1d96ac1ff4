import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { COLLECT_FAULTS } from '../faults/collect-faults.ts';
import { STORE_FAULTS } from '../faults/store-faults.ts';
import { EXPERIMENTS } from './experiments.ts';

test.each(Object.entries(EXPERIMENTS))(
  '%s: nothing is lost, and nothing doubled that could be avoided',
  { timeout: 120_000 },
  async (_, { run, small }) => {
    const { lost, doubled, unavoidable = 0 } = await run(1, small);
    expect(lost).toBe(0);
    expect(doubled).toBeLessThanOrEqual(unavoidable);
  },
);

test('docs/reliability.md has the results of these experiments and faults', async () => {
  const page = await readFile('docs/reliability.md', 'utf8');
  for (const name of Object.keys(EXPERIMENTS)) expect(page).toContain(`| ${name} |`);
  for (const { name } of COLLECT_FAULTS) expect(page).toContain(`| ${name} |`);
  for (const { name } of STORE_FAULTS) expect(page).toContain(`- ${name}\n`);
});
