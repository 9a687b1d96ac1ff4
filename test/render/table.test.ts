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
  expect(wrapToWidth('https://acme.example/role/a-long-name', 20)).toEqual([
    'https://',
    'acme.example/role/',
    'a-long-name',
  ]);
});

test.each([
  'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_5f1c0d9be7a84423',
  '`arn:aws-us-gov:ec2:us-gov-west-1:111122223333:security-group/sg-0e1f2d3c4b5a69788`,',
  '(i-0598c7d356eba48d7),',
  'eipassoc-0123456789abcdef0',
  '7a1c52f0-2222-4c33-9c6b-000000000042',
])('an ARN or an id is never broken: %s', (id) => {
  for (const width of [1, 6, 20, 76]) {
    const lines = wrapToWidth(`before ${id} and after it`, width);
    expect(lines.filter((line) => line.includes(id))).toHaveLength(1);
    expect(lines.filter((line) => !line.includes(id)).every((line) => line.length <= width)).toBe(true);
  }
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
