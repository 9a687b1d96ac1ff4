import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ACCESS_PATHS } from '../../lib/matrix/paths/access-paths.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/access-paths.md'), 'utf8');
const [table = ''] = page.split('\n### ');
const rows = table.split('\n').filter((line) => line.startsWith('| `'));

test('every access path has a row in docs/access-paths.md, in the order of the table', () => {
  const ids = new Set<string>(ACCESS_PATHS.map(({ id }) => id));
  const told = rows.map((line) => line.slice(3, line.indexOf('`', 3))).filter((id) => ids.has(id));
  expect(told).toEqual([...ids]);
});

test('the groups that the page lists are those of the table', () => {
  const shell = ACCESS_PATHS.filter(({ groups }) => groups.includes('shell')).map(({ id }) => id);
  expect(/\*\*shell\*\* \(([^)]*)\)/.exec(page)?.[1]?.split(', ')).toEqual(shell);
});
