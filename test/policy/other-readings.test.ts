import { describe, expect, test } from 'vitest';
import { repeatedKeys } from '../../lib/policy/json.ts';
import { otherReadings } from '../../lib/policy/other-readings.ts';

const all = (text: string, isWanted: (path: string) => boolean = () => true, most?: number) =>
  otherReadings(
    text,
    repeatedKeys(text).filter(({ path }) => isWanted(path)),
    most,
  );

describe('other meanings of a text than that of JSON.parse', () => {
  test('do not exist without a duplicate key', () => {
    expect(all('{"a": [{"b": 1}, {"b": 2}]}')).toEqual({ values: [], complete: true });
  });

  test('are one for each occurrence of a key', () => {
    expect(all('{"a": 1, "b": 2, "a": 3, "a": {"a": 4}}').values).toEqual([
      { a: 3, b: 2 },
      { a: 1, b: 2 },
    ]);
  });

  test('are one for each choice among several keys, also inside a duplicate one', () => {
    const { values } = all('{"s": {"x": 1, "x": 2}, "s": {"x": 3, "x": 4}}');
    expect(new Set(values.map((value) => JSON.stringify(value)))).toEqual(
      new Set(['{"s":{"x":1}}', '{"s":{"x":2}}', '{"s":{"x":3}}', '{"s":{"x":4}}']),
    );
  });

  test('are limited to the wanted paths', () => {
    const text = '{"a": 1, "a": 2, "b": [{"c": 1, "c": 2}]}';
    expect(all(text, (path) => path === '$.b[0].c').values).toEqual([{ a: 2, b: [{ c: 1 }] }]);
  });

  test('include keys with escapes, and keys that look like a removed one', () => {
    expect(all('{"left over": 0, "\\u0061": 1, "a": 2}').values).toEqual([{ 'left over': 0, a: 1 }]);
  });

  test('are the first of too many, and say that there are more', () => {
    const pairs = Array.from({ length: 7 }, (_, i) => `"k${i}": 1, "k${i}": 2`).join();
    const { values, complete } = all(`{${pairs}}`);
    expect([values.length, complete]).toEqual([63, false]);
    expect(all('{"a": 1, "a": 2}', () => true, 0)).toEqual({ values: [], complete: false });
    expect(all('{"a": 1, "a": 2}', () => true, 1)).toEqual({ values: [{ a: 1 }], complete: true });
  });
});
