import { describe, expect, test } from 'vitest';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import type { ConditionTerm } from '../../lib/evaluator/decision.ts';
import { type Atom, and, type Formula, not, or } from '../../lib/evaluator/formula.ts';
import { type Domain, domainsOf } from '../../lib/evaluator/residual/domain.ts';
import { express } from '../../lib/evaluator/residual/express.ts';
import { remaining } from '../../lib/evaluator/residual/remaining.ts';

const on =
  (key: string) =>
  (operator: string, ...values: string[]): Formula =>
    simpleAtom(operator, key, values, 'ec2');
const k = on('k');
const [l, m] = [on('l')('StringEquals', '1'), on('m')('StringEquals', '2')];
const list = on('aws:TagKeys');

const written = (terms: readonly ConditionTerm[]): string =>
  terms.map(({ key, operator, values }) => `${key} ${operator} ${values.join()}`).join(' & ');
const all = (...parts: readonly Formula[]): Formula => parts.reduce(and);
const any = (...parts: readonly Formula[]): Formula => parts.reduce(or);

describe('states of one key in words', () => {
  test.each<[string, Formula, readonly string[]]>([
    [
      'two conditions of which one is enough',
      any(k('StringLike', 'a*'), k('StringEqualsIgnoreCase', 'AB')),
      ['k StringEqualsIgnoreCase AB', 'k StringLike a*'],
    ],
    [
      'three of which one is enough',
      any(k('StringLike', 'a?'), k('StringEqualsIgnoreCase', 'AB'), k('ArnLike', 'arn:aws:s3:::x')),
      ['k ArnLike arn:aws:s3:::x', 'k StringEqualsIgnoreCase AB', 'k StringLike a?'],
    ],
    ['or absent', any(k('NumericLessThan', '5'), k('Null', 'true')), ['k NumericLessThanIfExists 5']],
    [
      'one of several, or absent',
      any(k('StringEquals', 'a'), k('StringEquals', 'b'), not(k('StringLike', '*'))),
      ['k StringEqualsIfExists a,b'],
    ],
    [
      'one of a list, or absent, without IfExists, which is not documented of set operators',
      any(list('ForAnyValue:StringEquals', 'a'), list('Null', 'true')),
      ['aws:TagKeys ForAnyValue:StringEquals a', 'aws:TagKeys Null true'],
    ],
    ['and present', and(k('NumericLessThanIfExists', '5'), k('Null', 'false')), ['k NumericLessThan 5']],
    ['neither', all(not(k('NumericLessThan', '5')), not(k('NumericGreaterThan', '4'))), ['k Null true']],
    ['text, but not empty', and(k('StringLike', '*'), not(k('StringEquals', ''))), ['k Null false']],
    [
      'none of several, beside another value',
      or(and(k('StringEquals', 'c'), l), all(not(k('StringEquals', 'a')), not(k('StringEquals', 'b')), m)),
      ['k StringEquals c & l StringEquals 1', 'k StringNotEquals a,b & m StringEquals 2'],
    ],
    [
      'never one of no values',
      and(k('StringEqualsIfExists', 'a'), k('StringEqualsIfExists', 'b')),
      ['k StringEqualsIfExists a & k StringEqualsIfExists b'],
    ],
  ])('%s', (_name, formula, wanted) => {
    const rest = remaining(formula);
    expect(typeof rest === 'boolean' ? rest : rest.anyOf.map(({ allOf }) => written(allOf))).toEqual(wanted);
  });
});

describe('several values of one kind are one term', () => {
  test.each([
    ['StringEquals', 'StringNotEquals', 'a', 'b'],
    ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'a', 'b'],
    ['StringLike', 'StringNotLike', '*b', 'a*'],
    ['ArnLike', 'ArnNotLike', 'arn:aws:s3:::*b', 'arn:aws:s3:::a*'],
    ['IpAddress', 'NotIpAddress', '10.0.0.0/8', '11.1.0.0/16'],
  ])('%s and %s', (positive, negative, one, two) => {
    const term = (operator: string): object => ({ allOf: [{ key: 'k', operator, values: [one, two] }] });
    const either = any(k(positive, one), k(positive, two));
    const neither = all(k(negative, one), k(negative, two));
    expect(remaining(either)).toMatchObject({ anyOf: [term(positive)] });
    expect(remaining(neither)).toMatchObject({ anyOf: [term(negative)] });
  });
});

describe('the work for expressing a condition', () => {
  const domainOf = (...atoms: readonly Formula[]): Domain =>
    domainsOf(atoms as readonly Atom[], [], { left: 1e7 })[0] as Domain;
  /** The region of the domain that contains this state of the key. */
  const where = (domain: Domain, value: string): bigint =>
    1n << BigInt(domain.region[domain.points.findIndex((point) => point?.values[0] === value)] as number);
  const worded = (domain: Domain, mask: bigint, left: number): readonly string[] =>
    express(domain, mask, { left }).map(written);
  const range = domainOf(
    k('NumericLessThan', '5'),
    k('NumericGreaterThan', '1'),
    k('NumericEquals', 'x'),
    k('NumericNotEquals', 'x'),
  );

  test('without any work, all conditions are named with their results, except those with only one result', () => {
    expect(worded(range, where(range, '3'), 0)).toEqual(['k NumericLessThan 5 & k NumericGreaterThan 1']);
    expect(worded(range, where(range, '1'), 0)).toEqual([
      'k NumericLessThan 5 & k NumericLessThanEqualsIfExists 1',
    ]);
  });

  test('is the comparison of terms that hold in all of these states: one, two and three at a time', () => {
    const cost = (domain: Domain, mask: bigint): number => {
      const work = { left: 1e7 };
      express(domain, mask, work);
      return 1e7 - work.left;
    };
    const text = domainOf(k('StringEquals', 'a'));
    // `a`, with IfExists, present, and present if empty
    expect(cost(text, where(text, 'a'))).toBe(4);
    const between = domainOf(k('NumericLessThan', '5'), k('NumericGreaterThan', '1'));
    // below 5, above 1, each with IfExists, and present: first one at a time, then the first with each of the others
    expect(cost(between, where(between, '3'))).toBe(5 + 5 + 4);
    // `Null` adds no terms, since it has no IfExists
    const gap = domainOf(k('NumericLessThan', '1'), k('NumericGreaterThan', '1'), k('Null', 'true'));
    // only `present` holds in both; none alone, two or three together is enough, then each of the two states has its
    // own term
    expect(cost(gap, where(gap, '0') | where(gap, '2'))).toBe(3 + 2 + 1);
  });
});
