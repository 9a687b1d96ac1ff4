import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLargeAnswer } from '../../../lib/adapters/local/large-json.ts';

async function* pieces(text: string | Buffer, size: number) {
  const bytes = Buffer.from(text as string);
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}
const read = (text: string | Buffer, size = 7, policies = false) =>
  readLargeAnswer(pieces(text, size), policies);

describe('an answer read in pieces', () => {
  it('is what JSON.parse returns for the whole text, however it is split', async () => {
    const answers = fc.record({
      Reservations: fc.array(fc.jsonValue()),
      'odd "[{,}]\\ key': fc.jsonValue(),
      NextToken: fc.string({ unit: 'grapheme' }),
    });
    await fc.assert(
      fc.asyncProperty(
        answers,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 2),
        async (value, size, indent) => {
          const text = JSON.stringify(value, null, indent);
          expect(await read(text, size)).toEqual({ ok: true, value: JSON.parse(text), duplicateKeys: [] });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has joined pages, however the text is split', async () => {
    const text = '\uFEFF{"Users":[1,2],"Marker":"a"}\n{"Users":[{"a":1,"a":2}],"IsTruncated":false}\n';
    for (const size of [1, 4, 500]) {
      expect(await readLargeAnswer(pieces(text, size), true, ['Users'])).toEqual({
        ok: true,
        value: { Users: [1, 2, { a: 2 }], IsTruncated: false },
        duplicateKeys: ['$.Users[2].a'],
      });
    }
    const others = await readLargeAnswer(pieces('{"a":[1]}{"b":[2]}', 5), false, ['a']);
    expect(others).toEqual({ ok: false, message: expect.stringContaining('is 2 JSON documents') });
    const broken = await readLargeAnswer(pieces('{"a":[1]}{"b" [2]}', 5), false, ['a']);
    expect(broken).toEqual({ ok: false, message: expect.stringContaining('is not valid JSON') });
  });

  it('names duplicate keys, with their place', async () => {
    const text = '{"Policies":[{"a":1},{"Document":{"x":1,"x":2}}],"b":1,"b":2}';
    for (const size of [1, 5, 500]) {
      expect(await read(text, size, true)).toMatchObject({
        duplicateKeys: ['$.b', '$.Policies[1].Document.x'],
      });
    }
  });

  it.each([
    ['{"a":[1,2', 'is not valid JSON: it ends too early'],
    ['{"a":[1,,2]}', 'is not valid JSON: an item of a list is missing'],
    ['{"a":[1,]}', 'is not valid JSON: an item of a list is missing'],
    ['{"a":[{"b":tru}]}', 'is not valid JSON'],
    ['{"a":[1]', 'is not valid JSON'],
    ['{"a":["x', 'is not valid JSON'],
    ['', 'is empty'],
    ['usage: aws [options]', 'is not valid JSON'],
  ])('says what is wrong with %j', async (text, message) => {
    const answer = await read(text, 3);
    expect(answer).toMatchObject({ ok: false });
    expect(answer.ok ? '' : answer.message).toContain(message);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const text = Buffer.concat([Buffer.from('{"a":["'), Buffer.from([0xff, 0xfe]), Buffer.from('"]}')]);
    expect(await read(text)).toEqual({ ok: false, message: 'is not UTF-8 text' });
  });
});
