import { expect, test } from 'vitest';
import { isObject, listOf, own } from '../../lib/policy/fields.ts';

test('an object is not a list, null or a text', () => {
  expect([{}, { a: 1 }].every(isObject)).toBe(true);
  expect([[], null, undefined, 'a', 1].some(isObject)).toBe(false);
});

test('only written members belong to an object', () => {
  expect(own({ a: 1 }, 'a')).toBe(1);
  expect(own({}, 'constructor')).toBeUndefined();
  expect(own(JSON.parse('{"__proto__": 2}'), '__proto__')).toBe(2);
});

test('a single value is a list of one', () => {
  expect(listOf(['a', 'b'])).toEqual(['a', 'b']);
  expect(listOf('a')).toEqual(['a']);
  expect(listOf(undefined)).toEqual([undefined]);
});
