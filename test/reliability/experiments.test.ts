import { expect, test } from 'vitest';
import { EXPERIMENTS } from './experiments.ts';

test.each(Object.entries(EXPERIMENTS))(
  '%s: nothing is lost, and nothing doubled that could be told',
  { timeout: 120_000 },
  async (_, { run, small }) => {
    const { lost, doubled, unavoidable = 0 } = await run(1, small);
    expect(lost).toBe(0);
    expect(doubled).toBeLessThanOrEqual(unavoidable);
  },
);
