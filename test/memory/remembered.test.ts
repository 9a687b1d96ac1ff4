import { expect, test } from 'vitest';
import { once } from '../../lib/memory/once.ts';
import { remembered } from '../../lib/memory/remembered.ts';

test('a value is computed once for each key', () => {
  const memory = new Map<string, object>();
  const made: string[] = [];
  const ask = (key: string) => remembered(memory, key, () => ({ made: made.push(key) }));
  expect(ask('a')).toBe(ask('a'));
  expect(ask('b')).not.toBe(ask('a'));
  expect(made).toEqual(['a', 'b']);
});

test.each([0, '', false, null])('%j is a value like any other', (value) => {
  const memory = new Map<string, unknown>([['a', value]]);
  expect(remembered(memory, 'a', () => 'made anew')).toBe(value);
});

test('nothing is kept if the computation fails', () => {
  const memory = new Map<string, number>();
  const fail = () => {
    throw new Error('not today');
  };
  expect(() => remembered(memory, 'a', fail)).toThrow('not today');
  expect(remembered(memory, 'a', () => 1)).toBe(1);
});

test('a result is computed when it is first needed, and once', () => {
  let times = 0;
  const result = once(() => {
    times += 1;
    return undefined;
  });
  expect(times).toBe(0);
  result();
  result();
  expect(times).toBe(1);
});
