import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import type { KeyState } from '../../lib/evaluator/context.ts';
import type { Formula } from '../../lib/evaluator/formula.ts';
import { remaining } from '../../lib/evaluator/residual/remaining.ts';
import { formulasOf } from './arbitrary-formula.ts';
import { isMet, isTrue, one } from './truth.ts';

/** Operators with the values that policies give them, and the values that a request may carry: a number where one belongs. */
interface Sort {
  readonly operators: readonly string[];
  readonly values: readonly string[];
  readonly states: readonly string[];
}

const TEXT: Sort = {
  operators: ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase'],
  values: ['a', 'b', 'ab', 'A', 'a*', '*a', '?', 'a?', '??b', '*', '', 'x', 'x*x'],
  states: ['a', 'b', 'A', 'ab', 'Ab', 'aa', 'ba', 'bab', 'x', 'xx', 'axb', '', 'other', 'y'],
};

const SORTS: Readonly<Record<string, Sort>> = {
  text: TEXT,
  'text without case': {
    operators: ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike'],
    values: ['a', 'Ab', 'ß', 'SS', 'k', '\u212a', 'A*', '?b'],
    states: ['a', 'A', 'aB', 'AB', 'ab', 'ß', 'ss', 'SS', 'k', 'K', '\u212a', 'z', ''],
  },
  ARNs: {
    operators: ['ArnLike', 'ArnNotLike', 'ArnEquals', 'StringEquals', 'StringLike'],
    values: [
      'arn:aws:s3:::a',
      'arn:aws:s3:::a*',
      'arn:*:s3:::*',
      'arn:aws:s3:*:*:?',
      '*',
      'arn:aws:s3:::*:b',
      'a*:aws:s3:::a',
      'b*:aws:s3:::a',
      'arn:aws:s*',
      'arn:aws:s?:::a',
    ],
    states: [
      'arn:aws:s3:::a',
      'arn:aws:s3:::ab',
      'arn:aws:s3:::a:b',
      'arn:aws-cn:s3:::a',
      'arn:aws:s4:::a',
      'arn:aws:s3:r:1:a',
      'arn:aws:s3:r:1:ab',
      'arn:aws:s:x:3:::a',
      'arn:x:s3:::',
      'brn:aws:s3:::a',
      'arn:aws:s3',
      'a',
      '',
    ],
  },
  numbers: {
    operators: ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map(
      (name) => `Numeric${name}`,
    ),
    values: ['-1', '0', '1', '1.5', '2', '1000', 'x'],
    states: ['-1000', '-2', '-1', '-0.5', '0', '0.5', '1', '1.2', '1.5', '1.7', '2', '3', '1000', '9999'],
  },
  dates: {
    operators: ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map(
      (name) => `Date${name}`,
    ),
    values: ['2026-01-01', '2026-01-01T00:00:01Z', '2027-06-01', '0', '0000-01-01', '9999-12-31', 'x'],
    states: [
      '0000-01-01',
      '1969-12-31',
      '0',
      '1',
      '2025-12-31',
      '2026-01-01',
      '2026-01-01T00:00:00.5Z',
      '1767225601',
      '2026-02-01',
      '2027-06-01',
      '9999-12-31',
      '9999-12-31T23:00:00Z',
    ],
  },
  addresses: {
    operators: ['IpAddress', 'NotIpAddress'],
    values: [
      '10.0.0.0/8',
      '10.1.0.0/16',
      '10.1.2.3',
      '0.0.0.0/0',
      '::/0',
      '2001:db8::/32',
      '255.255.255.255',
      'x',
    ],
    states: [
      '0.0.0.0',
      '9.255.255.255',
      '10.0.0.0',
      '10.0.255.255',
      '10.1.0.0',
      '10.1.2.3',
      '10.1.2.4',
      '10.1.255.255',
      '10.2.0.0',
      '10.255.255.255',
      '11.0.0.0',
      '255.255.255.255',
      '::',
      '2001:db8::',
      '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
      '2001:db9::',
    ],
  },
  truth: { operators: ['Bool'], values: ['true', 'false', 'TRUE', 'x'], states: ['true', 'false', 'True'] },
  bytes: {
    operators: ['BinaryEquals'],
    values: ['QQ==', 'AA==', 'AAAA', '%'],
    states: ['QQ==', 'AA==', 'AAAA', 'Qg=='],
  },
};

const atomOf =
  (key: string) =>
  ([operator, ifExists, values]: readonly [string, string, readonly string[]]): Formula =>
    simpleAtom(`${operator}${ifExists}`, key, values, 'ec2');

function conditionsOn(key: string, { operators, values }: Sort): fc.Arbitrary<Formula> {
  const some = fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
  const condition = fc.tuple(fc.constantFrom(...operators), fc.constantFrom('', '', 'IfExists'), some);
  const presence = fc.tuple(
    fc.constant('Null'),
    fc.constant(''),
    fc.constantFrom(['true'], ['false'], ['true', 'false']),
  );
  return fc.oneof({ weight: 8, arbitrary: condition }, { weight: 1, arbitrary: presence }).map(atomOf(key));
}

function agree(key: string, formula: Formula, states: readonly KeyState[]): void {
  const rest = remaining(formula);
  const truths = states.map((state) => isTrue(formula, { [key]: state }));
  expect(states.map((state) => isMet(rest, { [key]: state }))).toEqual(truths);
  // few enough conditions on one key that each one is met by some states and not by others
  expect(typeof rest === 'boolean' || !rest.text.includes('too many')).toBe(true);
}

describe('what remains of conditions on one key is met exactly where they are', () => {
  test.each(Object.entries(SORTS))('%s', (_name, sort) => {
    const states = [null, ...sort.states.map(one)];
    fc.assert(
      fc.property(formulasOf(conditionsOn('k', sort)), (formula) => agree('k', formula, states)),
      { numRuns: 80 },
    );
  });

  test('lists of texts', () => {
    const sort: Sort = {
      operators: ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'].flatMap((name) => [
        `ForAllValues:${name}`,
        `ForAnyValue:${name}`,
      ]),
      values: ['a', 'b', 'a*', '*'],
      states: [],
    };
    const lists = [
      [],
      [''],
      ['a'],
      ['b'],
      ['ab'],
      ['x'],
      ['a', 'b'],
      ['a', 'ab'],
      ['a', 'x'],
      ['a', 'b', 'x'],
    ];
    const states = [null, ...lists.map((values) => ({ values, list: true }))];
    fc.assert(
      fc.property(formulasOf(conditionsOn('aws:tagkeys', sort)), (formula) =>
        agree('aws:tagkeys', formula, states),
      ),
      { numRuns: 120 },
    );
  });
});
