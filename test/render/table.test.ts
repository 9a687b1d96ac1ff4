import { expect, test } from 'vitest';
import { displayWidth, truncateToWidth, wrapToWidth } from '../../lib/render/display-width.ts';
import { renderTable } from '../../lib/render/table.ts';
import { HOSTILE_VALUES } from './hostile.ts';

test.each([
  ['abc', 3],
  ['日本', 4],
  ['👩‍🚀', 2],
  ['e\u0301', 1],
  ['❤️', 2],
  ['ﬀ', 1],
])('%j takes %i columns', (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test('a text is cut before the character that would not fit', () => {
  expect(truncateToWidth('日本語', 4)).toBe('日…');
  expect(truncateToWidth('abc', 3)).toBe('abc');
});

test('a text breaks at blanks, and inside a word only if needed', () => {
  expect(wrapToWidth('only if aws:MultiFactorAuthPresent is true', 28)).toEqual([
    'only if',
    'aws:MultiFactorAuthPresent',
    'is true',
  ]);
  expect(wrapToWidth('arn:aws:iam::111122223333:role/a-long-name', 20)).toEqual([
    'arn:aws:iam::',
    '111122223333:role/',
    'a-long-name',
  ]);
});

const COLUMNS = [
  { title: 'principal', value: (row: Row) => row.principal },
  { title: 'path', value: (row: Row) => row.path, overflow: 'cut' as const },
  { title: 'n', value: (row: Row) => String(row.n), align: 'right' as const },
];

interface Row {
  readonly principal: string;
  readonly path: string;
  readonly n: number;
}

test('columns are aligned, long texts wrap or are cut, numbers are on the right', () => {
  const rows = [
    { principal: 'user/alice', path: 'session-manager', n: 3 },
    { principal: 'role/日本の役割 with a long name', path: 'ec2-instance-connect', n: 12 },
  ];
  expect(renderTable(rows, COLUMNS, 40)).toBe(
    [
      'principal          path                n',
      '─────────────────  ─────────────────  ──',
      'user/alice         session-manager     3',
      'role/日本の役割    ec2-instance-con…  12',
      'with a long name',
      '',
    ].join('\n'),
  );
});

test('without rows there are only the titles', () => {
  expect(renderTable([], COLUMNS, 80)).toBe('principal  path  n\n─────────  ────  ─\n');
});

test('a value cannot move the cursor, hide text or leave its line', () => {
  const rows = HOSTILE_VALUES.map((value) => ({ principal: value, path: value, n: 1 }));
  const table = renderTable(rows, COLUMNS, 80);
  expect(table).not.toMatch(/[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\n\u200d]]/v);
  for (const line of table.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80);
});
