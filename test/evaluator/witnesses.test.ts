import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TokenPattern, tokenPattern, witnesses } from '../../lib/evaluator/residual/witnesses.ts';
import { glob, matches } from '../../lib/policy/wildcard.ts';

type Family = 'exact' | 'ignoreCase' | 'like' | 'arn';

const pattern = (text: string, family: Family = 'like'): TokenPattern =>
  tokenPattern([{ text, literal: false }], family);
const plenty = () => ({ left: 1e7 });

/** One token per character: `a` itself, `[*]` any text, `[?]` any character, `[*!]` any text without colons. */
const shown = ({ tokens }: TokenPattern): string =>
  tokens
    .map(({ kind, char, noColon }) =>
      kind === 'char' ? char : `[${kind === 'any' ? '*' : '?'}${noColon ? '!' : ''}]`,
    )
    .join('');

describe('a pattern as tokens', () => {
  test('has wildcards in the right places', () => {
    expect(shown(pattern('A*?', 'like'))).toBe('A[*][?]');
    expect(shown(pattern('A*?', 'exact'))).toBe('A*?');
    expect(shown(pattern('A*?', 'ignoreCase'))).toBe('a*?');
    expect([pattern('A', 'ignoreCase').fold, pattern('A', 'like').fold, pattern('A', 'arn').fold]).toEqual([
      true,
      false,
      false,
    ]);
    const parts = [
      { text: 'a*', literal: true },
      { text: '*', literal: false },
    ];
    expect(shown(tokenPattern(parts, 'like'))).toBe('a*[*]');
  });

  test('of an ARN has wildcards that stay in their part, except in the last one', () => {
    expect(shown(pattern('arn:a*:s?::*:B*:*?', 'arn'))).toBe('arn:a[*!]:s[?!]::[*!]:B[*]:[*][?]');
    expect(shown(pattern('*', 'arn'))).toBe('arn:[*!]:[*!]:[*!]:[*!]:[*]');
    expect(shown(pattern('?', 'arn'))).toBe('[?!]');
    expect(shown(pattern('a', 'arn'))).toBe('a');
    expect(shown(pattern('**', 'arn'))).toBe('[*!][*!]');
    expect(shown(pattern('', 'arn'))).toBe('');
    const noColon = pattern('arn:x:::::', 'arn').tokens.map((token) => token.noColon);
    expect(noColon).toEqual([true, true, true, true, true, true, true, true, false, false]);
  });

  test('of an ARN begins with `arn` if it can', () => {
    expect(shown(pattern('a*:x', 'arn'))).toBe('arn:x');
    expect(shown(pattern('?r?:x', 'arn'))).toBe('arn:x');
    expect(shown(pattern('b*:x', 'arn'))).toBe('b[*!]:x');
    expect(shown(pattern('ARN:x', 'arn'))).toBe('ARN:x');
  });
});

describe('witnesses', () => {
  const found = (...patterns: readonly TokenPattern[]): readonly string[] | null =>
    witnesses(patterns, plenty());

  test('are the shortest texts, and never empty', () => {
    expect(found(pattern('a*'))).toEqual(['x', 'a']);
    expect(found(pattern('a*'), pattern('*a'))).toEqual(['x', 'a', 'xa', 'ax']);
    expect(found(pattern('x'))).toEqual(['y', 'x']);
    expect(found(pattern('x'), pattern('y'))).toEqual(['z', 'x', 'y']);
    expect(found(pattern(''))).toEqual(['x']);
    expect(found(pattern('*'))).toEqual(['x']);
    expect(found(pattern('?'))).toEqual(['x', 'xx']);
    expect(found(pattern('a?b'), pattern('a*'))).toEqual(['x', 'a', 'axb']);
  });

  test('are tried in both cases if case is ignored and the other case is one character', () => {
    expect(found(pattern('a', 'ignoreCase'), pattern('A'))).toEqual(['x', 'a', 'A']);
    expect(found(pattern('A'), pattern('a', 'ignoreCase'))).toEqual(['x', 'A', 'a']);
    expect(found(pattern('ß', 'ignoreCase'))).toEqual(['x', 'ß']);
    expect(found(pattern('a'))).toEqual(['x', 'a']);
  });

  test('of an ARN have no colon if their wildcards allow none', () => {
    // as texts, each also matches one with another colon
    for (const [wanted, without, within] of [
      ['arn:*:s:::a', 'arn::s:::a', 'arn:::s:::a'],
      ['arn:?:s:::a', 'arn:x:s:::a', 'arn:::s:::a'],
    ] as const) {
      const texts = found(pattern(wanted, 'arn'), pattern(wanted)) ?? [];
      expect(texts.filter((text) => matches(glob(wanted), text))).toEqual([without, within]);
    }
    const last = [pattern('arn:::::*b', 'arn'), pattern('arn:::::?:b')];
    expect(found(...last)).toContain('arn:::::x:b');
  });

  test('cost one step for each character, each pattern, and each position in it', () => {
    const cost = (...patterns: readonly TokenPattern[]): number => {
      const work = plenty();
      witnesses(patterns, work);
      return 1e7 - work.left;
    };
    // at first, after another character, after `a`: each time two characters, one pattern at one position or none
    expect(cost(pattern('a'))).toBe(2 * 2 + 2 * 1 + 2 * 2);
    // at first and then always after the star, at two positions
    expect(cost(pattern('*'))).toBe(3 + 3);
    expect(cost(pattern('*a*'))).toBe(2 * 3 + 2 * 3 + 2 * 5);
    // positions that are reached in another order are the same
    expect(cost(pattern('*a**'))).toBe(2 * 3 + 2 * 3 + 2 * 6);
    expect(witnesses([pattern('a')], { left: 10 })).toEqual(['x', 'a']);
    expect(witnesses([pattern('a')], { left: 9 })).toBeNull();
  });

  test('include every way in which short texts match', () => {
    const some = fc
      .array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 4 })
      .map((chars) => chars.join(''));
    const texts = ['a', 'b', 'x'].reduce<string[]>((all) => all, ['']);
    for (let at = 0; (texts[at] as string).length < 5; at++)
      texts.push(...['a', 'b', 'x'].map((c) => texts[at] + c));
    const ways = (wanted: readonly string[], all: readonly string[]): readonly string[] =>
      [...new Set(all.map((text) => wanted.map((one) => matches(glob(one), text)).join()))].sort();
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 3 }), (wanted) => {
        const result =
          witnesses(
            wanted.map((one) => pattern(one)),
            plenty(),
          ) ?? [];
        expect(ways(wanted, result)).toEqual(ways(wanted, [...texts.slice(1), ...result]));
      }),
    );
  });
});
