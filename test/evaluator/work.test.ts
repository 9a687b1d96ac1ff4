import { expect, test } from 'vitest';
import { isSpent, spend } from '../../lib/evaluator/work.ts';

test('work can be spent until none is left, and no further', () => {
  const work = { left: 3 };
  expect([spend(work, 2), isSpent(work)]).toEqual([false, false]);
  expect([spend(work, 1), isSpent(work)]).toEqual([false, false]);
  expect([spend(work, 0), isSpent(work)]).toEqual([false, false]);
  expect([spend(work, 1), isSpent(work)]).toEqual([true, true]);
});
