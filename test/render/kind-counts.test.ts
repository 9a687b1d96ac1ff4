import { expect, test } from 'vitest';
import type { PrincipalKind } from '../../lib/matrix/paths/cell.ts';
import { kindCounts, kindsText } from '../../lib/render/kind-counts.ts';
import { peopleFirst } from '../../lib/render/people-first.ts';

const cases: readonly (readonly [kinds: readonly PrincipalKind[], text: string])[] = [
  [[], ''],
  [['machine'], '1 machine'],
  [['person', 'person'], '2 people'],
  [['aws', 'machine', 'person', 'machine', 'aws'], '1 person, 2 machines and 2 roles of AWS'],
  [['outside', 'aws', 'machine'], '1 machine, 1 role of AWS and 1 from outside'],
];

test.each(cases)('%j: %s', (kinds, text) => {
  expect(kindsText(kindCounts(kinds))).toBe(text);
});

test('people come first, and otherwise the order stays', () => {
  const kinds: Readonly<Record<string, PrincipalKind>> = {
    a: 'machine',
    b: 'person',
    c: 'outside',
    d: 'person',
  };
  expect(peopleFirst(['a', 'b', 'c', 'd'], (arn) => kinds[arn] ?? 'aws')).toEqual(['b', 'd', 'a', 'c']);
});
