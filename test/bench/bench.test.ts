import { expect, test } from 'vitest';
import { countOption } from '../../bench/bench.ts';
import { median } from '../../bench/median.ts';

test('a count is a whole number of at least 1', () => {
  expect(countOption({ runs: '12' }, 'runs')).toBe(12);
  for (const wrong of ['0', '-1', '1.5', 'many', '']) {
    expect(() => countOption({ runs: wrong }, 'runs')).toThrow(`\`--runs ${wrong}\` is not a whole number`);
  }
  expect(() => countOption({}, 'runs')).toThrow('`--runs `');
});

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});
