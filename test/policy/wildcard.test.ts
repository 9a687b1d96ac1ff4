import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glob, globOf, headOf, matches } from '../../lib/policy/wildcard.ts';

/** The same pattern as a regular expression: right, but slow if many stars meet a long text. */
function slowly(
  parts: readonly { readonly text: string; readonly literal: boolean }[],
  text: string,
): boolean {
  const source = parts.map(({ text: run, literal }) =>
    run.replace(/./gs, (char) => {
      if (!literal && char === '*') return '.*';
      return !literal && char === '?' ? '.' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
    }),
  );
  return new RegExp(`^(?:${source.join('')})$`, 's').test(text);
}

const textOf = (letters: string, maxLength: number) =>
  fc.array(fc.constantFrom(...letters), { maxLength }).map((chars) => chars.join(''));

describe('a pattern with wildcards', () => {
  it('matches what a regular expression matches', () => {
    const part = fc.record({ text: textOf('ab:*?', 6), literal: fc.boolean() });
    const examples = fc.tuple(fc.array(part, { maxLength: 4 }), textOf('ab:*?', 12));
    fc.assert(
      fc.property(examples, ([parts, text]) => matches(globOf(parts), text) === slowly(parts, text)),
      { numRuns: 3000 },
    );
  });

  it('gives no character to two stars', () => {
    const overlapping = fc.tuple(fc.array(textOf('ab?', 3), { maxLength: 4 }), textOf('ab', 7));
    fc.assert(
      fc.property(overlapping, ([runs, text]) => {
        const pattern = runs.join('*');
        return matches(glob(pattern), text) === slowly([{ text: pattern, literal: false }], text);
      }),
      { numRuns: 3000 },
    );
    expect(matches(glob('*ab*b'), 'ab')).toBe(false);
    expect(matches(glob('*a?*b'), 'ab')).toBe(false);
    expect(matches(glob('*a?*b'), 'abb')).toBe(true);
  });

  it('finds a long part with `?`, wherever it begins', () => {
    const example = fc.record({
      run: fc.array(fc.constantFrom('a', 'b', '?'), { minLength: 20, maxLength: 130 }),
      before: textOf('ab', 200),
      after: textOf('ab', 200),
      spoilt: fc.boolean(),
    });
    fc.assert(
      fc.property(example, ({ run, before, after, spoilt }) => {
        const pattern = `*${run.join('')}*`;
        const hit = run.map((char) => (char === '?' ? 'b' : char)).join('');
        const text = `${before}${spoilt ? hit.replace(/.$/, 'c') : hit}${after}`;
        const parts = [{ text: pattern, literal: false }];
        return matches(globOf(parts), text) === slowly(parts, text);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([31, 32, 33, 63, 64, 65, 128])(
    'finds a part of %i characters at each end of the text',
    (length) => {
      const run = `?${'a'.repeat(length - 2)}b`;
      const rest = 'a'.repeat(400);
      const pattern = glob(`*${run}*`);
      const hit = `c${run.slice(1)}`;
      expect(matches(pattern, `${rest}${hit}`)).toBe(true);
      expect(matches(pattern, `${hit}${rest}`)).toBe(true);
      expect(matches(pattern, `${rest}c${'a'.repeat(length - 3)}b`)).toBe(false);
      expect(matches(pattern, `${'c'.repeat(400)}${'a'.repeat(length - 3)}b`)).toBe(false);
      expect(matches(glob(`*${run}*z`), `${rest}${hit}`)).toBe(false);
      expect(matches(glob(`*${run}*b`), `${rest}${hit}`)).toBe(false);
      expect(matches(glob(`*${run}*b`), `${rest}${hit}b`)).toBe(true);
      expect(matches(glob(`*${run}*c*z`), `${rest}${hit}cz`)).toBe(true);
      expect(matches(glob(`*${run}*c*z`), `${rest}${hit}z`)).toBe(false);
    },
  );

  it.each([11_999, 12_000, 12_001])('finds a part of %i different characters', (length) => {
    const run = Array.from({ length }, (_, i) => String.fromCharCode(0x4e00 + i)).join('');
    const pattern = glob(`*?${run.slice(1)}*`);
    expect(matches(pattern, `ab${run}`)).toBe(true);
    expect(matches(pattern, `ab${run.slice(0, -1)}c`)).toBe(false);
  });

  // a backtracking matcher would not finish within the time of a test
  it.each([`${'a*'.repeat(3000)}b*c`, `*${'a?'.repeat(1500)}b*`, `*${'a'.repeat(3000)}b*`])(
    'takes time in proportion to the text, not to all ways to place its stars: %#',
    (pattern) => expect(matches(glob(pattern), `${'a'.repeat(6000)}c`)).toBe(false),
  );
});

it('a pattern does not match a text whose head it does not match, and matches it if only a star follows the head', () => {
  const characters = fc.constantFrom('a', 'b', ':', '/', '*', '?');
  const patterns = fc.array(characters, { maxLength: 8 }).map((all) => all.join(''));
  const texts = fc.array(fc.constantFrom('a', 'b', ':', '/'), { maxLength: 10 }).map((all) => all.join(''));
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const head = headOf(glob(pattern));
      if (!head) return;
      const begins = text.slice(0, Math.max(text.lastIndexOf(':'), text.lastIndexOf('/')) + 1);
      const isMet = matches(head.pattern, begins);
      if (matches(glob(pattern), text)) expect(isMet).toBe(true);
      if (head.isAll) expect(matches(glob(pattern), text)).toBe(isMet);
    }),
    { numRuns: 2000 },
  );
});

it.each([
  ['arn:aws:ec2:*:1:instance/*', true],
  ['arn:aws:ec2:*:1:instance/i-*', false],
  ['arn:aws:ec2:*', true],
  ['*', true],
])('the head of %j decides: %j', (pattern, isAll) => {
  expect(headOf(glob(pattern))?.isAll).toBe(isAll);
});

it.each(['arn:aws:ec2:us-east-1:1:instance/i-1', 'web-*'])('%j has no head', (pattern) => {
  expect(headOf(glob(pattern))).toBeNull();
});
