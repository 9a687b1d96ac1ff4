import { describe, expect, test } from 'vitest';
import { fullWord } from '../../lib/evaluator/bits.ts';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import {
  and,
  assume,
  type Formula,
  not,
  or,
  partsOf,
  placesOf,
  settle,
} from '../../lib/evaluator/formula.ts';
import { remaining } from '../../lib/evaluator/residual/remaining.ts';

const a = simpleAtom('StringEquals', 'k', ['a'], 'ec2');
const b = simpleAtom('StringEquals', 'l', ['b'], 'ec2');

const places = (...words: number[]): Formula => placesOf(Uint32Array.from(words), 40);
const bitsOf = (formula: Formula): number[] =>
  typeof formula === 'object' && formula.kind === 'places' ? [...formula.bits] : [];

describe('and, or, not', () => {
  test('are simplified as far as possible', () => {
    expect([and(true, a), and(a, true), and(a, a)]).toEqual([a, a, a]);
    expect([and(false, a), and(a, false), or(true, a), or(a, true)]).toEqual([false, false, true, true]);
    expect([or(false, a), or(a, false), or(a, a)]).toEqual([a, a, a]);
    expect(and(a, b)).toEqual({ kind: 'and', parts: [a, b] });
    expect(or(a, b)).toEqual({ kind: 'or', parts: [a, b] });
    expect([not(true), not(false), not(not(a))]).toEqual([false, true, a]);
    expect(not(a)).toEqual({ kind: 'not', part: a });
  });

  test('are nested as deep as there are statements, and read as a flat list', () => {
    let sum: Formula = and(a, b);
    for (let i = 0; i < 100_000; i++) sum = or(sum, { ...a, id: String(i) });
    const parts = typeof sum === 'object' && sum.kind === 'or' ? partsOf(sum) : [];
    expect(parts).toHaveLength(100_001);
    expect(parts[0]).toEqual(and(a, b));
    expect(parts[1]).toMatchObject({ id: '0' });
    expect(settle(sum, new Set())).toMatchObject({ kind: 'or' });
  });
});

describe('behaviour that AWS does not document', () => {
  test('counts as assumed, and leaves its code', () => {
    const codes = new Set<never>();
    const read = (formula: Formula): Formula => settle(formula, codes);
    expect(read(and(a, assume('bool-variable', true)))).toEqual(a);
    expect(read(or(a, assume('malformed-policy', false)))).toEqual(a);
    expect(read(not(assume('unknown-operator', false)))).toBe(true);
    expect([...codes]).toEqual(['bool-variable', 'malformed-policy', 'unknown-operator']);
  });

  test('has its assumed value in what remains', () => {
    expect(remaining(or(a, assume('bool-variable', true)))).toBe(true);
    expect(remaining(and(a, assume('bool-variable', false)))).toBe(false);
    expect(remaining(and(a, not(assume('bool-variable', false))))).toMatchObject({ text: 'if k is a' });
  });
});

describe('places', () => {
  test('of all instances are true, of none false', () => {
    expect(places(0xffffffff, 0xff)).toBe(true);
    expect(places(0, 0)).toBe(false);
    expect(bitsOf(places(0xffffffff, 0x7f))).toEqual([0xffffffff, 0x7f]);
    expect(bitsOf(places(0, 1))).toEqual([0, 1]);
    expect(bitsOf(placesOf(Uint32Array.of(1), 40))).toEqual([1]);
    expect([fullWord(0, 40), fullWord(1, 40), fullWord(0, 32), fullWord(0, 31)]).toEqual([
      0xffffffff, 0xff, 0xffffffff, 0x7fffffff,
    ]);
  });

  test('are combined place by place', () => {
    expect(bitsOf(and(places(3, 1), places(6, 3)))).toEqual([2, 1]);
    expect(bitsOf(or(places(3, 1), places(6, 2)))).toEqual([7, 3]);
    expect(bitsOf(not(places(3, 1)))).toEqual([0xfffffffc, 0xfe]);
    expect(and(places(1, 0), places(2, 0))).toBe(false);
    expect(or(places(0xffffffff, 0xf), places(0, 0xf0))).toBe(true);
    for (const one of [and(places(1, 0), a), and(a, places(1, 0))])
      expect(one).toMatchObject({ kind: 'and' });
    expect(or(places(1, 0), a)).toMatchObject({ kind: 'or' });
    expect(or(a, places(1, 0))).toMatchObject({ kind: 'or' });
    expect(settle(places(1, 0), new Set())).toEqual(places(1, 0));
  });

  test('are split before a residual is computed', () => {
    expect(() => remaining(and(places(1, 0), a))).toThrow('a formula is split by places before');
  });
});
