import { describe, expect, test } from 'vitest';
import { compileClause } from '../../lib/evaluator/conditions/clause.ts';
import { evaluateClause } from '../../lib/evaluator/conditions/evaluate-clause.ts';
import type { Context } from '../../lib/evaluator/context.ts';
import type { Uncertainty } from '../../lib/evaluator/decision.ts';
import { type Branch, type Formula, partsOf, settle } from '../../lib/evaluator/formula.ts';
import { remaining } from '../../lib/evaluator/residual/remaining.ts';
import type { Work } from '../../lib/evaluator/work.ts';

/**
 * The condition that remains for a value with unknown variables, if the key's value is known; `too many`: only that
 * the variable has a value.
 */
function solved(
  operator: string,
  value: string,
  text: string,
  given: Record<string, string> = {},
  solving?: Work,
): string {
  const codes = new Set<Uncertainty>();
  const formula = settle(formulaOf(operator, value, text, given, solving), codes);
  if (codes.has('too-many-values')) return 'too many';
  const rest = remaining(formula, {});
  if (typeof rest === 'boolean') return String(rest);
  return rest.anyOf
    .map(({ allOf }) => allOf.map((term) => `${term.key} ${term.operator} ${term.values}`).join(' & '))
    .join(' | ');
}

function formulaOf(
  operator: string,
  value: string,
  text: string,
  given: Record<string, string>,
  solving?: Work,
): Formula {
  const values = new Map(Object.entries({ k: text, ...given }));
  const context: Context = {
    service: 'ec2',
    ...(solving && { solving }),
    lookup: (key) => {
      const known = values.get(key);
      return known === undefined ? undefined : { values: [known] };
    },
  };
  return evaluateClause(compileClause(operator, 'k', [value], true), context);
}

const long = 'y'.repeat(800);

describe('the values of an unknown variable', () => {
  test.each<[string, string, string, string]>([
    ['StringEquals', '${l}', 'a', 'l StringEquals a'],
    ['StringEquals', '-${l}', 'a', 'false'],
    ['StringLike', '*-${l}', 'a-b-c', 'l StringEquals b-c,c'],
    ['StringLike', '${l}-${l}', 'a-a', 'l StringEquals a'],
    ['StringLike', '${l}-${L}', 'a-b', 'false'],
    ['StringLike', '${ec2:ResourceTag/l}-${aws:ResourceTag/L}', 'a-b', 'false'],
    ['StringLike', '${l}-${l}', '*-ab', 'false'],
    ['StringLike', '*${l}b', 'a*bcb', 'l StringEquals ,*bc,a*bc,bc,c'],
    ['StringLike', "${l, 'x'}-${l}", 'x-x', 'l StringEquals x'],
    ['StringLike', "${l, 'x'}-${l}", 'x-null', 'false'],
    ['StringLike', "${l, 'x'}-${l, 'y'}", 'x-y', 'l Null true'],
  ])('%s %j against %j: %s', (operator, value, text, left) => {
    expect(solved(operator, value, text)).toBe(left);
  });

  test("are the text beside another variable's value", () => {
    expect(solved('StringLike', '${m}-${l}', 'abc-d', { m: '*' })).toBe('false');
    expect(solved('StringLike', '${m}-${l}', '*-d', { m: '*' })).toBe('l StringEquals d');
  });

  test('are listed up to 500', () => {
    const all = (size: number): Formula => formulaOf('StringLike', '*${l}', 'y'.repeat(size - 1), {});
    expect(partsOf(all(500) as Branch)).toHaveLength(500);
    expect(settle(all(501), new Set())).toMatchObject({ clause: { operatorText: 'Null' } });
  });

  test('are text even if they look like a variable', () => {
    expect(solved('StringEquals', '${l}', 'a${b}')).toBe('l StringEquals a${$}{b}');
  });
});

describe('a long text is read only as far as needed', () => {
  test.each<[string, string, string]>([
    ['StringEquals', '${l}-x', '-x'],
    ['StringEquals', '${l}Y', 'Y'],
    ['StringEquals', '${l}*x', '*x'],
    ['StringEqualsIgnoreCase', '${l}-X', '-x'],
    ['StringLike', '${l}-x*', '-x'],
    ['StringLike', '${l}${*}x', '*x'],
  ])('%s %j', (operator, value, end) => {
    expect(solved(operator, value, long + end)).toMatch(/^l StringEquals(IgnoreCase)? y{800}$/);
  });

  test('if the variable is behind a wildcard', () => {
    expect(solved('StringLike', '*-${l}', `${long}-z`)).toBe('l StringEquals z');
    expect(solved('StringLike', '*${m}${l}', `${long}-z`, { m: '-' })).toBe('l StringEquals z');
  });

  test('if most of its matches fail', () => {
    const value = `\${l}*b\${m}${'?'.repeat(40)}*`;
    expect(solved('StringLike', value, `xxxb-${'y'.repeat(95)}`, { m: '-' })).toBe(
      'l StringEquals ,x,xx,xxx',
    );
  });
});

describe('too long a computation leaves the condition open', () => {
  test('also by the budget that all variables of a request share', () => {
    const places = `${'a'.repeat(400)}${'c'.repeat(1000)}b`;
    expect(solved('StringLike', '*a${l}b', places, {}, { left: 1_000_000 })).toBe('too many');
    expect(solved('StringLike', '${l}-${m}', 'a-b', {}, { left: 5 })).toBe('too many');
    const solving = { left: 1000 };
    expect(solved('StringLike', '${l}-b', 'a-b', {}, solving)).toBe('l StringEquals a');
    expect(solving.left).toBeLessThan(1000);
  });

  test.each<[string, string, string]>([
    ['many places', '*a${l}b', `${'a'.repeat(400)}${'c'.repeat(1000)}b`],
    ['a long pattern on a long text', `${'?'.repeat(500)}\${l}`, 'y'.repeat(1000)],
    ['a value of many parts', `${'${*}'.repeat(1000)}\${l}`, `${'*'.repeat(1000)}x`],
  ])('%s', (_name, value, text) => {
    expect(solved('StringLike', value, text)).toBe('too many');
  });
});
