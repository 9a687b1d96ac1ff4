import { expect, test } from 'vitest';
import { measureCompiling } from '../../bench/compile-managed.ts';
import { measureDecisions } from '../../bench/decisions.ts';
import { evaluatorBench } from '../../bench/evaluator.ts';

test('every policy that AWS manages is compiled, and memory is measured if possible', () => {
  const measured = measureCompiling(undefined);
  expect(measured.policies).toBeGreaterThan(1500);
  expect(measured.statements).toBeGreaterThan(measured.policies);
  expect(measured.compileSeconds).toBeGreaterThan(0);
  expect(measured.compiledMb).toBeNull();
});

test('decisions are counted one by one', async () => {
  const { decisionsPerSecond, withNewContextPerSecond } = await measureDecisions(50);
  expect(decisionsPerSecond).toBeGreaterThan(1000);
  expect(withNewContextPerSecond).toBeGreaterThan(1000);
});

test('the measurement has all of its figures', async () => {
  const result = await evaluatorBench.run({ milliseconds: '20' });
  for (const name of ['decisionsPerSecond', 'compileSeconds', 'policies', 'compiledMb', 'wildcardMs']) {
    expect(result[name], name).toBeGreaterThan(0);
  }
  expect(Object.values(result.wildcardGrowth as object).flat()).toHaveLength(16);
});
