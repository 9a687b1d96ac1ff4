import { expect, test } from 'vitest';
import { driftBench } from '../../bench/drift.ts';

const size = { principals: '24', instances: '12', seed: '1' };

test('a second scan is measured, with what it reports', { timeout: 240_000 }, async () => {
  const result = await driftBench.run({ ...size, change: 'everything gained' });
  const [change] = result.changes as readonly Record<string, unknown>[];
  expect(change).toMatchObject({ change: 'everything gained', causes: 1 });
  for (const figure of ['cpuSeconds', 'peakRssMb', 'writtenMb', 'driftBytes', 'groups', 'cells', 'alerts'])
    expect(change?.[figure], figure).toBeGreaterThan(0);
  expect(change?.firstAlert).toMatch(/^\[/);
});

test('an unknown change is named', async () => {
  await expect(driftBench.run({ ...size, change: 'other' })).rejects.toThrow('no change is called `other`');
});
