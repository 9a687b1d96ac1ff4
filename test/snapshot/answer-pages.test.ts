import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentsIn, readPages } from '../../lib/snapshot/answer-pages.ts';

const LISTS = ['Users', 'Roles'];
const page = (value: object): string => JSON.stringify(value, null, 4);

describe('the pages of an answer in one file', () => {
  it('are one answer, and only the last one says whether there are more', () => {
    const first = { Users: [1], Roles: [], IsTruncated: true, Marker: 'a' };
    const text = `${page(first)}\n${page({ Users: [2], Roles: [3], IsTruncated: false })}\n`;
    expect(readPages(text, true, LISTS)).toEqual({
      ok: true,
      value: { Users: [1, 2], Roles: [3], IsTruncated: false },
      duplicateKeys: [],
    });
    const cut = readPages(`${page(first)}${page({ ...first, Marker: 'b' })}`, true, LISTS);
    expect(cut).toMatchObject({ value: { Users: [1, 1], IsTruncated: true, Marker: 'b' } });
  });

  it('may be in a list, as jq writes them', () => {
    const text = `[{"Users":[1],"NextToken":"a"},{"Users":[{"a":1,"a":2}]}]`;
    expect(readPages(text, true, LISTS)).toEqual({
      ok: true,
      value: { Users: [1, { a: 2 }] },
      duplicateKeys: ['$.Users[1].a'],
    });
  });

  it('name a duplicate key with its place in the whole', () => {
    const text = '{"Users":[0,0],"NextToken":"x"}{"Users":[{"a":1,"a":2}]}';
    expect(readPages(text, true, LISTS)).toHaveProperty('duplicateKeys', ['$.Users[2].a']);
  });

  it.each([
    ['of another call', '{"Users":[]}{"Groups":[]}', LISTS, /^is 2 JSON documents, and not every one is/],
    [
      'of a call with one page',
      '{"On":true}\n{"On":true}',
      [],
      /^is 2 JSON documents, and this answer has one page$/,
    ],
    ['before an error', '{"Users":[]}\nAn error occurred', LISTS, /^is not valid JSON: .*line 2 column 1/],
    ['behind an error', 'An error occurred\n{"Users":[]}', LISTS, /^is not valid JSON: /],
    ['cut off', '{"Users":[]}\n{"Users":[', LISTS, /^is not valid JSON: /],
    ['broken inside', '{"Users":[]}{"Users":[}', LISTS, /^is not valid JSON: /],
  ])('are refused %s', (_says, text, lists, message) => {
    expect(readPages(text, false, lists)).toEqual({ ok: false, message: expect.stringMatching(message) });
  });

  it('a list that contains no pages stays as it is', () => {
    expect(readPages('[[{"Users":[]}]]', false, LISTS)).toHaveProperty('value', [[{ Users: [] }]]);
    expect(readPages('[]', false, LISTS)).toHaveProperty('value', []);
  });

  it('have the content of the whole answer, wherever it was split', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 6 });
    fc.assert(
      fc.property(texts, fc.nat(6), fc.constantFrom('', '\n', '\r\n  '), (items, at, between) => {
        const pages = [{ Users: items.slice(0, at), NextToken: 'a' }, { Users: items.slice(at) }];
        const text = pages.map((one) => JSON.stringify(one)).join(between);
        expect(documentsIn(text)).toHaveLength(2);
        expect(readPages(text, true, LISTS)).toHaveProperty('value', { Users: items });
      }),
    );
  });
});
