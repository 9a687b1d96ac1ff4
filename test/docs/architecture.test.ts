import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { remembered } from '../../lib/memory/remembered.ts';

const ROOT = 'lib/matrix';

/** Names of rooms and loose files, and the other units that each imports. */
function arrowsOfUnits(): ReadonlyMap<string, ReadonlySet<string>> {
  const unitOf = (file: string): string => path.relative(ROOT, file).split(path.sep)[0] ?? '';
  const arrows = new Map<string, Set<string>>();
  for (const name of readdirSync(ROOT, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const file = path.join(ROOT, name);
    const from = remembered(arrows, unitOf(file), () => new Set<string>());
    for (const [, to = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const imported = path.join(path.dirname(file), to);
      const isHere = imported.startsWith(`${ROOT}${path.sep}`);
      if (isHere && unitOf(imported) !== unitOf(file)) from.add(unitOf(imported));
    }
  }
  return arrows;
}

test('the table of the rooms of lib/matrix counts what is there', () => {
  const arrows = arrowsOfUnits();
  const units = [...arrows.keys()];
  const levels = new Map<string, number>();
  const levelOf = (unit: string): number =>
    remembered(levels, unit, () => 1 + Math.max(0, ...[...(arrows.get(unit) ?? [])].map(levelOf)));
  const mutual = units.filter((one) => [...(arrows.get(one) ?? [])].some((to) => arrows.get(to)?.has(one)));
  expect(mutual).toEqual([]);
  const page = readFileSync('docs/architecture.md', 'utf8');
  const rows = [...page.matchAll(/^\| (units|loose|levels)\b[^|]*\| \d+ \| (\d+) \|$/gm)];
  expect(Object.fromEntries(rows.map(([, name = '', now]) => [name, Number(now)]))).toEqual({
    units: units.length,
    loose: units.filter((unit) => unit.endsWith('.ts')).length,
    levels: Math.max(...units.map(levelOf)),
  });
});
