import { expect, test } from 'vitest';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import { EqualFormulas } from '../../lib/evaluator/equal-formulas.ts';
import { and, not, or } from '../../lib/evaluator/formula.ts';

const atom = (key: string) => simpleAtom('StringEquals', key, ['a'], 'ec2');
const [k, l] = [atom('k'), atom('l')];

test('equal formulas become one object', () => {
  const equal = new EqualFormulas();
  const one = equal.of(or(k, not(l)));
  expect(one).toEqual(or(k, not(l)));
  expect(equal.of(or(atom('k'), not(atom('l'))))).toBe(one);
  expect(equal.of(or(not(l), k))).toBe(one);
  expect(equal.of(and(k, not(l)))).not.toBe(one);
  expect([equal.of(true), equal.of(false)]).toEqual([true, false]);
});

test('the `and` of two is one object as well', () => {
  const equal = new EqualFormulas();
  const [a, b] = [equal.of(k), equal.of(not(l))];
  const both = equal.both(a, b);
  expect(both).toEqual(and(k, not(l)));
  expect(equal.both(a, b)).toBe(both);
  expect(equal.both(b, a)).toBe(both);
  expect(equal.of(and(k, not(l)))).toBe(both);
  expect([equal.both(a, a), equal.both(a, true), equal.both(true, a)]).toEqual([a, a, a]);
  expect([equal.both(a, false), equal.both(false, a)]).toEqual([false, false]);
});
