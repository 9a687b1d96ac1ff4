import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import type { KeyState } from '../../lib/evaluator/context.ts';
import type { Condition } from '../../lib/evaluator/decision.ts';
import { and, type Formula, not, or } from '../../lib/evaluator/formula.ts';
import { type Limits, remaining } from '../../lib/evaluator/residual/remaining.ts';
import { anyFormula, key } from './arbitrary-formula.ts';
import { isMet, isTrue, one, type States } from './truth.ts';

const PLENTY: Limits = {
  alternatives: 500,
  listed: 100,
  terms: 20_000,
  listing: 1e7,
  deciding: 1e7,
  searching: 1e7,
  wording: 1e7,
};
const within = (formula: Formula, limits: Partial<Limits>): boolean | Condition =>
  remaining(formula, {}, { ...PLENTY, ...limits });

const EACH: readonly KeyState[] = [null, one('a'), one('b'), one('other')];
const EVERY: readonly States[] = EACH.flatMap((k) => EACH.flatMap((l) => EACH.map((m) => ({ k, l, m }))));

const anyLimits: fc.Arbitrary<Limits> = fc.record({
  alternatives: fc.integer({ min: 1, max: 6 }),
  listed: fc.integer({ min: 1, max: 4 }),
  terms: fc.integer({ min: 1, max: 6 }),
  listing: fc.nat(60),
  deciding: fc.nat(60),
  searching: fc.nat(100),
  wording: fc.nat(200),
});

describe('if a condition is too large', () => {
  test('nothing counts as true or false that is not, and each listed alternative is enough', () => {
    fc.assert(
      fc.property(anyFormula, anyLimits, (formula, limits) => {
        const rest = within(formula, limits);
        const isWhole = typeof rest === 'boolean' || !rest.text.includes('too many to');
        for (const states of EVERY) {
          const truth = isTrue(formula, states);
          if (isMet(rest, states) || isWhole) expect(isMet(rest, states)).toBe(truth);
        }
      }),
      { numRuns: 300 },
    );
  });

  const either = (count: number): Formula =>
    Array.from({ length: count }, (_, i) => key(`k${i}`, 'a')).reduce(or);
  const always = or(key('k', 'a'), not(key('k', 'a')));
  const never = and(key('k', 'a'), not(key('k', 'a')));
  const mixed = or(and(key('k', 'a'), key('l', 'a')), and(not(key('k', 'a')), key('m', 'a')));
  const TOO_MANY = 'if conditions hold that are too many to work out';
  const counted = (rest: boolean | Condition): [number, boolean] => [
    (rest as Condition).anyOf.length,
    (rest as Condition).text.endsWith(', or in others that are too many to list'),
  ];

  test('alternatives up to the limit are all listed, and of more only some', () => {
    expect(counted(within(either(4), { alternatives: 4 }))).toEqual([4, false]);
    expect(counted(within(either(4), { alternatives: 3, listed: 2 }))).toEqual([2, true]);
    // they are found one by one, and there are no others
    expect(counted(within(either(4), { alternatives: 3, listed: 4 }))).toEqual([3, true]);
    expect(counted(within(either(3), { listing: 0, listed: 3 }))).toEqual([3, false]);
    expect(counted(within(either(3), { listing: 0, listed: 2 }))).toEqual([2, true]);
    expect(counted(within(either(3), { alternatives: 3, terms: 3 }))).toEqual([3, false]);
    expect(counted(within(either(3), { alternatives: 3, terms: 2 }))).toEqual([2, true]);
  });

  test('without a given limit a hundred alternatives are listed', () => {
    expect(counted(remaining(either(200)))).toEqual([200, false]);
    expect(counted(remaining(either(300)))).toEqual([100, true]);
  });

  test('the terms of all alternatives are counted together', () => {
    const pairs = or(and(key('k', 'a'), key('l', 'a')), and(key('m', 'a'), key('n', 'a')));
    expect(counted(within(pairs, { terms: 3 }))).toEqual([2, false]);
    expect(counted(within(pairs, { terms: 2 }))).toEqual([1, true]);
  });

  test('alternatives of one key count like any others', () => {
    const outside = (name: string): Formula =>
      or(
        simpleAtom('NumericLessThan', name, ['5'], 'ec2'),
        simpleAtom('NumericGreaterThan', name, ['10'], 'ec2'),
      );
    const both = and(outside('k'), outside('l'));
    expect(counted(within(both, { alternatives: 4 }))).toEqual([4, false]);
    expect(counted(within(both, { alternatives: 3 }))).toEqual([3, true]);
    expect(counted(within(both, { alternatives: 2 }))).toEqual([2, true]);
    const many = Array.from({ length: 100 }, (_, i) => outside(`k${i}`)).reduce(and);
    expect(counted(within(many, { alternatives: 4 }))).toEqual([4, true]);
  });

  test('if no alternative is found, the sentence says that there may be some', () => {
    for (const formula of [either(3), mixed])
      expect(within(formula, { listing: 0, deciding: 0, searching: 0 })).toEqual({
        anyOf: [],
        text: TOO_MANY,
      });
  });

  test('a complete search without a result is a denial or an allowance', () => {
    expect(within(never, { listing: 0 })).toBe(false);
    expect(within(always, { listing: 0, listed: 1 })).toBe(true);
    expect(within(always, { deciding: 0 })).toBe(true);
    expect(within(either(2), { deciding: 0 })).toMatchObject({ text: 'if k0 is a, or k1 is a' });
    expect(within(either(2), { listing: 0, listed: 1 })).toMatchObject({ anyOf: [{}] });
    const longer = or(mixed, not(mixed));
    expect(within(longer, {})).toBe(true);
    expect(within(longer, { deciding: 0 })).toBe(true);
    expect(within(longer, { searching: 0 })).toBe(true);
    expect(within(longer, { deciding: 0, searching: 0 })).toHaveProperty('text');
    expect(within(longer, { listing: 0, listed: 1, searching: 20 })).not.toBe(false);
  });

  test('a condition that is not minimised is still true', () => {
    const wide = within(mixed, {}) as Condition;
    const raw = within(mixed, { wording: 0 }) as Condition;
    for (const states of EVERY) expect(isMet(raw, states)).toBe(isMet(wide, states));
    const wordy = or(and(key('k', 'a'), key('l', 'a')), and(key('k', 'a'), not(key('l', 'a'))));
    expect(counted(within(wordy, {}))).toEqual([1, false]);
    expect(counted(within(wordy, { wording: 0 }))).toEqual([2, false]);
  });
});
