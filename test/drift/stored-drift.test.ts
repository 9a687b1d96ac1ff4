import { expect, it } from 'vitest';
import { parseDrift } from '../../lib/drift/stored-drift.ts';
import { DRIFT } from '../render/report-facts.ts';
import { cellsOf } from './cells-of.ts';

it('the present form is read', () => {
  expect(parseDrift(JSON.parse(JSON.stringify(DRIFT)))).toEqual(DRIFT);
  expect(parseDrift([])).toEqual([]);
});

it('the form with a row for each cell is read', () => {
  const cells = cellsOf(DRIFT);
  const read = parseDrift(JSON.parse(JSON.stringify(cells)));
  expect(cellsOf(read)).toEqual(cells);
  const shape = (drift: typeof read) => drift.map(({ cause, counts, groups }) => ({ cause, counts, groups }));
  const byDetail = (a: { cause: { detail: string } }, b: { cause: { detail: string } }) =>
    a.cause.detail < b.cause.detail ? -1 : 1;
  expect(shape(read).sort(byDetail)).toEqual(shape(DRIFT).sort(byDetail));
  expect(new Set(read.map(({ id }) => id)).size).toBe(read.length);
});

it.each([[{}], ['text'], [[{ id: 'x' }]], [[null]], [[cellsOf(DRIFT)[0], DRIFT[0]]]])(
  '%j is refused',
  (value) => {
    expect(() => parseDrift(value)).toThrow(/^it is not a list|^its changes are of another version$/);
  },
);
