import { describe, expect, test } from 'vitest';
import { compileClause } from '../../lib/evaluator/conditions/clause.ts';
import { parseDate, parseNumber } from '../../lib/evaluator/conditions/comparators.ts';

function compares(operator: string, wanted: string, value: string): boolean | undefined {
  return compileClause(operator, 'k', [wanted], true).values[0]?.compare?.(value);
}

describe('one value against another', () => {
  test.each<[string, string, string, boolean]>([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', '${$}a', '$a', true],
    ['StringEqualsIgnoreCase', 'aB', 'Ab', true],
    ['StringLike', 'a*', 'ab', true],
    ['StringLike', 'a*', 'ba', false],
    ['NumericEquals', '1.0', '1', true],
    ['NumericEquals', 'x', 'x', false],
    ['NumericEquals', '0', 'x', false],
    ['NumericLessThan', '2', '1', true],
    ['NumericLessThan', '2', '2', false],
    ['NumericLessThan', '2', 'x', false],
    ['NumericLessThanEquals', '2', '2', true],
    ['NumericLessThanEquals', '2', '3', false],
    ['NumericGreaterThan', '2', '3', true],
    ['NumericGreaterThan', '2', '2', false],
    ['NumericGreaterThanEquals', '2', '2', true],
    ['NumericGreaterThanEquals', '2', '1', false],
    ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', true],
    ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', false],
    ['DateLessThan', '0', 'x', false],
    ['DateLessThan', 'x', '0', false],
    ['Bool', 'TRUE', 'true', true],
    ['Bool', 'false', 'False', true],
    ['Bool', 'true', 'false', false],
    ['Bool', 'yes', 'yes', false],
    ['BinaryEquals', 'QQ==', 'QQ', true],
    ['BinaryEquals', 'QQ==', 'Qg==', false],
    ['BinaryEquals', '%', '%', false],
    ['IpAddress', '10.0.0.0/30', '10.0.0.0', true],
    ['IpAddress', '10.0.0.0/30', '10.0.0.3', true],
    ['IpAddress', '10.0.0.0/30', '10.0.0.4', false],
    ['IpAddress', '10.0.0.4/30', '10.0.0.3', false],
    ['IpAddress', '10.0.0.0/30', 'x', false],
    ['IpAddress', 'x', 'x', false],
    ['IpAddress', '0.0.0.0/0', '::1', false],
    ['IpAddress', '::/0', '1.2.3.4', false],
    ['ArnLike', 'arn:aws:s3:::a', 'arn:aws:s3:::a', true],
    ['ArnLike', 'arn:aws:s3:::a:*', 'arn:aws:s3:::a:b', true],
    ['ArnLike', 'arn:aws:s3:::a*', 'arn:aws:s3:::a:b', true],
    ['ArnLike', 'arn:aws:*:a', 'arn:aws:s3:::a', false],
    ['ArnLike', 'arn:aws:s3:::a', 'arn:aws:s3:::b', false],
    ['ArnLike', 'arn:aws:s3:a', 'arn:aws:s3:a', false],
    ['ArnLike', 'arn:aws:s3', 'arn:aws:s3:::a', false],
    ['ArnLike', '${*}', 'arn:aws:s3:::a', false],
    ['ArnLike', '*:aws:s3:::a', 'nra:aws:s3:::a', false],
    ['ArnLike', '*', 'arn:aws:s3:::a', true],
    ['ArnLike', '*', 'nra:aws:s3:::a', false],
    ['ArnLike', '*', 'arn:aws:s3', false],
    ['Null', 'true', 'true', false],
  ])('%s %j matches %j: %j', (operator, wanted, value, result) => {
    expect(compares(operator, wanted, value)).toBe(result);
  });
});

test.each<[string, number | null]>([
  ['0', 0],
  ['12', 12],
  ['-12', -12],
  ['+12', 12],
  ['1.25', 1.25],
  ['12.', 12],
  ['.25', 0.25],
  ['.', null],
  ['', null],
  ['-', null],
  ['1.2.3', null],
  ['1e3', null],
  ['0x10', null],
  [' 1', null],
  ['1 ', null],
  ['1'.repeat(400), null],
])('the number of %j', (text, number) => expect(parseNumber(text)).toBe(number));

test.each<[string, string | null]>([
  ['2026', '2026-01-01T00:00:00.000Z'],
  ['2026-02', '2026-02-01T00:00:00.000Z'],
  ['2026-02-03', '2026-02-03T00:00:00.000Z'],
  ['2026-02-03T04:05Z', '2026-02-03T04:05:00.000Z'],
  ['2026-02-03T04:05:06Z', '2026-02-03T04:05:06.000Z'],
  ['2026-02-03T04:05:06.75Z', '2026-02-03T04:05:06.750Z'],
  ['2026-02-03T04:05:06+01:00', '2026-02-03T03:05:06.000Z'],
  ['2026-02-03T04:05:06-0130', '2026-02-03T05:35:06.000Z'],
  ['1770091506', '2026-02-03T04:05:06.000Z'],
  ['1770091506.5', '2026-02-03T04:05:06.500Z'],
  ['1770091506.25', '2026-02-03T04:05:06.250Z'],
  ['99999', '1970-01-02T03:46:39.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ['2026-12-31T24:00:00Z', '2027-01-01T00:00:00.000Z'],
  ['2026-02-29', null],
  ['2026-04-31T04:05:06Z', null],
  ['2026-13', null],
  ['2026-02-03T04:05:06', null],
  ['2026-02-03T04', null],
  ['2026-02-03T04:05:06.Z', null],
  ['2026-02-03 04:05:06Z', null],
  [' 2026-02-03', null],
  ['2026-02-03 ', null],
  ['x1770091506', null],
  ['1770091506x', null],
  ['1770091506.', null],
  ['-1', null],
  ['', null],
  ['1'.repeat(400), null],
])('the date of %j', (text, date) => {
  const time = parseDate(text);
  expect(time === null ? null : new Date(time).toISOString()).toBe(date);
});

test('the values of an unknown operator are kept as text', () => {
  expect(compileClause('StringSounds', 'k', ['${a}'], true)).toMatchObject({
    operator: null,
    operatorText: 'StringSounds',
    values: [{ text: '${a}', template: { parts: [{ text: '${a}', literal: false }] }, compare: null }],
  });
});

test('the longest operator is one of IAM', () => {
  const text = 'ForAllValues:StringNotEqualsIgnoreCaseIfExists';
  expect(compileClause(text, 'k', [], true).operator?.text).toBe(text);
  expect(compileClause(`${text}s`, 'k', [], true).operator).toBeNull();
});
