import { describe, expect, it } from 'vitest';
import { andMore, count, shortList, thousands } from '../../lib/policy/counted.ts';

describe('numbers in texts', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1204, '1,204'],
    [1234567, '1,234,567'],
  ])('writes %d as %s', (n, text) => {
    expect(thousands(n)).toBe(text);
  });

  it.each([
    [count(0, 'instance'), '0 instances'],
    [count(1, 'instance'), '1 instance'],
    [count(1204, 'instance'), '1,204 instances'],
    [count(1, 'person', 'people'), '1 person'],
    [count(2, 'person', 'people'), '2 people'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it.each([
    [-1, ''],
    [0, ''],
    [1, ' and 1 more'],
    [1204, ' and 1,204 more'],
  ])('of %d left adds `%s`', (left, text) => {
    expect(andMore(left)).toBe(text);
  });

  it.each([
    [shortList([], 2), ''],
    [shortList(['a', 'b'], 2), 'a, b'],
    [shortList(['a', 'b', 'c'], 2), 'a, b and 1 more'],
    [shortList(['a', 'b'], 2, { all: 5 }), 'a, b and 3 more'],
    [shortList([1, 2, 3], 2, { text: (n) => `#${n}` }), '#1, #2 and 1 more'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});
