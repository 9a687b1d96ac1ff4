import { expect, test } from 'vitest';
import type { PrincipalKind } from '../../lib/matrix/paths/cell.ts';
import { kindsText } from '../../lib/render/kind-counts.ts';

const cases: readonly (readonly [kinds: readonly PrincipalKind[], text: string])[] = [
  [[], ''],
  [['machine'], '1 machine'],
  [['person', 'person'], '2 people'],
  [['aws', 'machine', 'person', 'machine', 'aws'], '1 person, 2 machines and 2 roles of AWS'],
  [['outside', 'aws', 'machine'], '1 machine, 1 role of AWS and 1 from outside'],
];

test.each(cases)('%j: %s', (kinds, text) => {
  expect(kindsText(kinds)).toBe(text);
});
