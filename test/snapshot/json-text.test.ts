import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../lib/snapshot/json-text.ts';

/** What a terminal interprets or a reader does not see, without what joins and colours an emoji. */
const UNSEEN = /[[\p{Cc}\p{Zl}\p{Zp}\p{DI}\p{Bidi_Control}\ufff9-\ufffb]--[\u200d\ufe0f\n]]/v;

test.each([
  ['a\u009b2J', '"a\\u009b2J"'],
  ['\u007f', '"\\u007f"'],
  ['\u202egnp.exe\u2066', '"\\u202egnp.exe\\u2066"'],
  ['\u2028\u2029', '"\\u2028\\u2029"'],
  ['\u{e0041}', '"\\udb40\\udc41"'],
  ['👩‍🚀 é', '"👩‍🚀 é"'],
])('%j', (value, text) => {
  expect(jsonText(value)).toBe(text);
});

test('a value reads back unchanged, and its text contains nothing invisible', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\u009b', '\u202e', '\u2028', 'a', '"', '\\') }),
  );
  const values = fc.dictionary(texts, fc.array(texts));
  fc.assert(
    fc.property(values, fc.constantFrom(undefined, 2), (value, indent) => {
      const text = jsonText(value, indent);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text).not.toMatch(UNSEEN);
    }),
  );
});
