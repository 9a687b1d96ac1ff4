import { expect, test } from 'vitest';
import { offsetsAt, placesIn, stepOver } from '../../lib/policy/offsets.ts';

/** Where a pattern of one character, begun at these places, may end in `a*?bc`. */
function ends(
  from: readonly number[],
  char: string,
  isWild: boolean,
  stops: readonly number[] = [],
): number[] {
  const text = 'a*?bc';
  return [...placesIn(stepOver(offsetsAt(from, text), char, isWild, text, new Set(stops)))];
}

test('a character is taken where it stands', () => {
  expect(ends([0], 'a', false)).toEqual([1]);
  expect(ends([0, 3], 'b', false)).toEqual([4]);
  expect(ends([0], 'b', false)).toEqual([]);
  expect(ends([5], 'c', false)).toEqual([]);
  expect(ends([0, 1], '*', false)).toEqual([2]);
  expect(ends([0, 2], '?', false)).toEqual([3]);
});

test('a question mark takes any one character but a stop', () => {
  expect(ends([0, 3, 5], '?', true)).toEqual([1, 4]);
  expect(ends([0, 3], '?', true, [3])).toEqual([1]);
});

test('a star takes any run of characters up to a stop', () => {
  expect(ends([2], '*', true)).toEqual([2, 3, 4, 5]);
  expect(ends([2], '*', true, [3])).toEqual([2, 3]);
  expect(ends([0, 4], '*', true, [1])).toEqual([0, 1, 4, 5]);
  expect(ends([], '*', true)).toEqual([]);
});
