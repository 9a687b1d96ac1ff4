import { expect, test } from 'vitest';
import { offsetsAt, overChar, overWild, reachedOffsets } from '../../lib/policy/offsets.ts';

const text = 'a*?bc';

/** The ends in the text of a pattern of this character that begins at these offsets. */
function afterChar(from: readonly number[], char: string): number[] {
  return [...reachedOffsets(overChar(offsetsAt(from, text), char, text))];
}

function afterWild(from: readonly number[], wild: '*' | '?', stops: readonly number[] = []): number[] {
  return [...reachedOffsets(overWild(offsetsAt(from, text), wild, new Set(stops)))];
}

test('a character matches itself', () => {
  expect(afterChar([0], 'a')).toEqual([1]);
  expect(afterChar([0, 3], 'b')).toEqual([4]);
  expect(afterChar([0], 'b')).toEqual([]);
  expect(afterChar([5], 'c')).toEqual([]);
  expect(afterChar([0, 1], '*')).toEqual([2]);
  expect(afterChar([0, 2], '?')).toEqual([3]);
});

test('a question mark matches any one character except a stop', () => {
  expect(afterWild([0, 3, 5], '?')).toEqual([1, 4]);
  expect(afterWild([0, 3], '?', [3])).toEqual([1]);
});

test('a star matches any text up to a stop', () => {
  expect(afterWild([2], '*')).toEqual([2, 3, 4, 5]);
  expect(afterWild([2], '*', [3])).toEqual([2, 3]);
  expect(afterWild([0, 4], '*', [1])).toEqual([0, 1, 4, 5]);
  expect(afterWild([], '*')).toEqual([]);
});
