import { afterEach, expect, test, vi } from 'vitest';
import { logger, metrics } from '../../functions/observe.ts';
import { observeSwept } from '../../functions/observe-swept.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('a sweep that failed is counted and its reason is logged', () => {
  const counted = vi.spyOn(metrics, 'addMetric').mockReturnValue(metrics);
  vi.spyOn(logger, 'info').mockReturnValue();
  const warned = vi.spyOn(logger, 'warn').mockReturnValue();
  observeSwept({ deleted: 3, problem: null }, { deleted: 0, problem: 'access denied' });
  expect(counted.mock.calls).toEqual([['SweepsFailed', 'Count', 1]]);
  expect(warned.mock.calls.map(([message]) => message)).toEqual(['access denied']);
  observeSwept({ deleted: 3, problem: null });
  expect(counted.mock.calls.at(-1)).toEqual(['SweepsFailed', 'Count', 0]);
});
