import { describe, expect, test } from 'vitest';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import type { KeyState } from '../../lib/evaluator/context.ts';
import { type Atom, type Formula, or } from '../../lib/evaluator/formula.ts';
import { complementOf } from '../../lib/evaluator/residual/complement.ts';
import { domainsOf, holds } from '../../lib/evaluator/residual/domain.ts';
import { pointsOf } from '../../lib/evaluator/residual/points.ts';
import { type Open, spaceOf } from '../../lib/evaluator/residual/space.ts';

const atom = (operator: string, values: readonly string[], key = 'k'): Atom => {
  const made: Formula = simpleAtom(operator, key, values, 'ec2');
  return made as Atom;
};
const plenty = () => ({ left: 1e7 });
const points = (...atoms: readonly Atom[]): readonly KeyState[] | null =>
  pointsOf(atoms, (value) => value, plenty());
/** The values of the points of a single-valued key; the first one is absence. */
const values = (...atoms: readonly Atom[]): readonly (string | undefined)[] =>
  (points(...atoms) ?? []).slice(1).map((point) => point?.values[0]);

describe('the states that conditions on a key distinguish', () => {
  test('begin with an absent key', () => {
    expect(points(atom('StringEquals', ['a']))).toEqual([
      null,
      { values: ['a'] },
      { values: ['x'] },
      { values: [''] },
    ]);
  });

  test('of plain texts are these, one other, and absence', () => {
    expect(values(atom('StringEquals', ['b', 'x']), atom('StringLike', ['a', 'xx']))).toEqual([
      'b',
      'x',
      'a',
      'xx',
      'xxx',
      '',
    ]);
    expect(values(atom('StringLike', ['a*']))).toEqual(['x', 'a', '']);
    expect(values(atom('StringEqualsIgnoreCase', ['a']))).toEqual(['x', 'a', '']);
  });

  test('of numbers are on both sides of each', () => {
    expect(values(atom('NumericEquals', ['10']))).toEqual(['5', '10', '15']);
    expect(values(atom('NumericEquals', ['0.5', '0']))?.map(Number)).toEqual([-1, 0, 0.25, 0.5, 1.5]);
    expect(values(atom('NumericEquals', ['-100', '7']))?.map(Number)).toEqual([-150, -100, -46.5, 7, 10.5]);
    expect(values(atom('NumericEquals', ['x']))).toEqual(['-1', '0', '1']);
  });

  test('of dates are on both sides of each, as far as years can be written', () => {
    const last = '9999-12-31T23:59:59.999Z';
    expect(values(atom('DateEquals', [last]))).toContain(last);
    expect(values(atom('DateEquals', ['0000-01-01']))).toContain('0000-01-01T00:00:00.000Z');
    expect(values(atom('DateEquals', ['2']))).toEqual([
      '1970-01-01T00:00:01.000Z',
      '1970-01-01T00:00:02.000Z',
      '1970-01-01T00:00:03.000Z',
    ]);
  });

  test('of addresses are the ends of each block, their neighbours, and an address of the other family', () => {
    expect(values(atom('IpAddress', ['10.0.0.0/24']))).toEqual([
      '9.255.255.255',
      '10.0.0.0',
      '10.0.0.255',
      '10.0.1.0',
      '::',
    ]);
    expect(values(atom('IpAddress', ['255.255.255.254/31']))).toEqual([
      '255.255.255.253',
      '255.255.255.254',
      '255.255.255.255',
      '::',
    ]);
    expect(values(atom('IpAddress', ['0.0.0.0/31']))).toEqual(['0.0.0.0', '0.0.0.1', '0.0.0.2', '::']);
    const [before, last] = [`${'ffff:'.repeat(7)}fffe`, `${'ffff:'.repeat(7)}ffff`];
    expect(values(atom('IpAddress', [last]))).toEqual([before, last, '0.0.0.0']);
    expect(values(atom('IpAddress', ['::/0']))).toHaveLength(3);
    expect(values(atom('IpAddress', ['::/0']))?.at(-1)).toBe('0.0.0.0');
    expect(values(atom('IpAddress', ['x']))).toEqual(['x']);
  });

  test('of booleans and bytes are all that matter', () => {
    expect(values(atom('Bool', ['x']))).toEqual(['true', 'false']);
    expect(values(atom('BinaryEquals', ['QQ==']))).toEqual(['QQ==', 'AAAAAAAA']);
    expect(values(atom('Null', ['true']))).toEqual(['x']);
  });

  test('of a list are the sets of relevant values, of five kinds at most', () => {
    expect(points(atom('ForAnyValue:StringEquals', ['a']))).toEqual([
      null,
      { values: ['a'], list: true },
      { values: ['x'], list: true },
      { values: ['a', 'x'], list: true },
    ]);
    const both = points(atom('StringEquals', ['a']), atom('ForAnyValue:StringEquals', ['a']));
    expect(both?.map((point) => point?.list)).toEqual([undefined, true, true, true]);
    expect(points(atom('ForAnyValue:StringEquals', ['a', 'b', 'c', 'd']))).toHaveLength(32);
    expect(points(atom('ForAnyValue:StringEquals', ['a', 'b', 'c', 'd', 'e']))).toBeNull();
    expect(points(atom('StringEquals', ['a'], 'aws:TagKeys'))?.[1]?.list).toBe(true);
  });

  test('of two kinds of values are not computed, as one text may be a value of both', () => {
    const kinds = [
      ['StringEqualsIgnoreCase', 'StringLike', 'ArnLike'],
      ['NumericEquals', 'NumericLessThan'],
      ['DateEquals', 'DateGreaterThan'],
      ['IpAddress', 'NotIpAddress'],
    ];
    const each = kinds.flatMap((operators, kind) => operators.map((operator) => ({ operator, kind })));
    for (const a of each) {
      const alone = atom(a.operator, ['1']);
      for (const b of each)
        expect([a, b, points(alone, atom(b.operator, ['1'])) === null]).toEqual([a, b, a.kind !== b.kind]);
      for (const other of ['StringEquals', 'Bool', 'BinaryEquals', 'Null'])
        expect(points(alone, atom(other, ['true']))).not.toBeNull();
    }
  });

  test('cost their texts, and for each of them every condition and value', () => {
    const cost = (...atoms: readonly Atom[]): number => {
      const work = plenty();
      pointsOf(atoms, (value) => value, work);
      return 1e7 - work.left;
    };
    expect(cost(atom('StringEquals', ['a', 'bb']))).toBe(3 + 4 * 12);
    expect(cost(atom('StringEquals', ['a', 'bb']), atom('StringEquals', ['ccc']))).toBe(6 + 5 * 23);
    expect(pointsOf([atom('StringEquals', ['a', 'bb'])], String, { left: 51 })).not.toBeNull();
    expect(pointsOf([atom('StringEquals', ['a', 'bb'])], String, { left: 50 })).toBeNull();
    expect(pointsOf([atom('StringEquals', ['a', 'bb'])], String, { left: 2 })).toBeNull();
    expect(pointsOf([atom('StringLike', ['a*b*c*d'])], String, { left: 20 })).toBeNull();
  });
});

describe('domains', () => {
  const k = atom('StringEquals', ['a']);
  const l = atom('StringEquals', ['a'], 'l');

  test('contain the conditions on one key; one with an unknown variable is separate', () => {
    const opaque = atom('StringEquals', ['${v}']);
    const unknown = { ...opaque, id: `${opaque.id} again`, opaque: true };
    const domains = domainsOf([k, unknown, atom('StringLike', ['a*'])], [], plenty());
    expect(domains.map(({ atoms, opaque }) => [atoms.length, opaque])).toEqual([
      [2, false],
      [1, true],
    ]);
  });

  test('use at most half of the remaining work each, and return what they do not need', () => {
    const spent = 1 + 3 * 11;
    const work = { left: 10_300 };
    expect(domainsOf([k], [], work)[0]?.opaque).toBe(false);
    expect(work.left).toBe(10_000 - spent);
    const short = { left: 300 + 2 * spent };
    expect(domainsOf([k], [], short)[0]?.opaque).toBe(false);
    expect(short.left).toBe(spent);
    const scarce = { left: 300 + 2 * spent - 2 };
    expect(domainsOf([k], [], scarce)[0]?.opaque).toBe(true);
    expect(scarce.left).toBe(spent - 1);
    const none = { left: 299 };
    expect(domainsOf([k], [], none)[0]?.opaque).toBe(true);
    const both = { left: 300 + 2 * spent + 2 };
    expect(domainsOf([k, l], [], both).map(({ opaque }) => opaque)).toEqual([false, true]);
  });
});

test('conditions with too many patterns on one key are not compared', () => {
  const many = Array.from({ length: 40 }, (_, i): Formula => atom('StringLike', [`*${i}*a${i % 7}*`]));
  const { domains } = spaceOf(many.reduce(or) as Open, []);
  expect(domains).toHaveLength(40);
  expect(domains.every(({ opaque }) => opaque)).toBe(true);
});

describe('the negation of a condition', () => {
  const OPERATORS: Readonly<Record<string, readonly (readonly string[])[]>> = {
    StringEquals: [['a'], ['a', 'b'], []],
    StringNotEquals: [['a'], ['a', 'b']],
    StringLike: [['a*'], ['*']],
    StringNotLike: [['a*']],
    StringEqualsIgnoreCase: [['A']],
    ArnLike: [['arn:aws:s3:::a*']],
    NumericEquals: [['1'], ['1', '2']],
    NumericNotEquals: [['1']],
    NumericLessThan: [['1'], ['1', '2'], ['x'], ['x', '1']],
    NumericLessThanEquals: [['1', '2']],
    NumericGreaterThan: [['2', '1']],
    NumericGreaterThanEquals: [['2', '1'], ['x']],
    DateLessThan: [['2026-01-01']],
    IpAddress: [['10.0.0.0/8']],
    NotIpAddress: [['10.0.0.0/8']],
    Bool: [['true'], ['false'], ['TRUE'], ['true', 'false'], ['x']],
    BinaryEquals: [['QQ==']],
  };
  const states: Readonly<Record<string, readonly string[]>> = {
    S: ['a', 'A', 'b', 'ab', ''],
    A: ['arn:aws:s3:::a', 'arn:aws:s3:::b'],
    N: ['0', '1', '1.5', '2', '3'],
    D: ['2025-01-01', '2026-01-01', '2027-01-01'],
    I: ['10.0.0.1', '11.0.0.1'],
    B: ['true', 'false'],
  };
  const statesOf = (operator: string): readonly string[] => {
    if (operator === 'BinaryEquals') return ['QQ==', 'Qg=='];
    return operator.endsWith('IpAddress') ? (states.I ?? []) : (states[operator[0] as string] ?? []);
  };
  /** Together the terms are true exactly where the condition is false; no terms: it is never false. */
  const isOpposite = (one: Atom, all: readonly KeyState[]): void => {
    const opposite = complementOf(one);
    expect([one.id, ...all.map((state) => opposite.every((other) => holds(other, state)))]).toEqual([
      one.id,
      ...all.map((state) => !holds(one, state)),
    ]);
  };

  test('has as few terms as possible', () => {
    const terms = (operator: string): number => complementOf(atom(operator, ['1'], 'aws:TagKeys')).length;
    expect(terms('NumericLessThanIfExists')).toBe(1);
    expect(terms('ForAllValues:NumericLessThanIfExists')).toBe(1);
    expect(terms('ForAnyValue:NumericLessThan')).toBe(1);
    expect(terms('ForAnyValue:NumericLessThanIfExists')).toBe(2);
  });

  test.each(Object.entries(OPERATORS))('%s', (operator, lists) => {
    const single = [null, ...statesOf(operator).map((value) => ({ values: [value] }))];
    const several = [
      null,
      ...statesOf(operator).map((value) => ({ values: [value], list: true })),
      { values: [...statesOf(operator)], list: true },
    ];
    for (const list of lists)
      for (const suffix of ['', 'IfExists']) {
        const alone = atom(`${operator}${suffix}`, list);
        isOpposite(alone, single);
        for (const set of ['ForAllValues', 'ForAnyValue']) {
          const many = atom(`${set}:${operator}${suffix}`, list, 'aws:TagKeys');
          isOpposite(many, several);
        }
      }
  });
});
