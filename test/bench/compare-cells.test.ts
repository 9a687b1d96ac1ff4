import { describe, expect, it } from 'vitest';
import { indexCells } from '../../bench/cell-index.ts';
import { compareCells } from '../../bench/compare-cells.ts';
import { generateAccount } from '../../bench/generate-account.ts';
import { matrixBench } from '../../bench/matrix.ts';
import { randomOf } from '../../bench/random.ts';
import { type CellPlace, sampleCells } from '../../bench/sample-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ACCESS_PATHS } from '../../lib/matrix/paths/access-paths.ts';
import type { CellGroup, Matrix } from '../../lib/matrix/paths/matrix.ts';

const snapshot = generateAccount({ principals: 60, instances: 60, seed: 5 });
const matrix = buildMatrix(snapshot);
const cells = sampleCells(matrix, 400, randomOf(5));

const cellOf = ({ path, principals, instances }: CellGroup): CellPlace => ({
  path,
  principal: principals[0] ?? 0,
  instance: instances.at(-1) ?? 0,
});

const groupWith = (wanted: (group: CellGroup) => boolean): CellGroup => {
  const found = matrix.groups.find(wanted);
  if (!found) throw new Error('the generated account has no such group');
  return found;
};

/** The matrix with one group changed, or without it. */
const changed = (
  group: CellGroup,
  change: (outcome: CellGroup['outcome']) => CellGroup['outcome'] | null,
): Matrix => ({
  ...matrix,
  groups: matrix.groups.flatMap((one) => {
    const outcome = one === group ? change(one.outcome) : one.outcome;
    const { path, principals, instances } = one;
    return outcome === null ? [] : [{ path, principals, instances, outcome }];
  }),
});

const reasons = (made: Matrix, cell: CellPlace) => compareCells(snapshot, made, [cell]).map(({ why }) => why);

describe('the comparison with the exact evaluator', () => {
  it('finds nothing in a correct matrix', () => {
    expect(compareCells(snapshot, matrix, cells)).toEqual([]);
  });

  it('finds a missing cell', () => {
    const group = groupWith(({ outcome }) => outcome.via.length === 0 && outcome.verdict === 'allowed');
    expect(
      reasons(
        changed(group, () => null),
        cellOf(group),
      ),
    ).toEqual(['allowed, but the matrix has no cell']);
  });

  it('finds a wrong condition, user or code', () => {
    const group = groupWith(({ outcome }) => outcome.via.length === 0 && outcome.verdict === 'conditional');
    const cell = cellOf(group);
    const [allowed] = reasons(
      changed(group, (outcome) => ({ ...outcome, verdict: 'allowed', condition: null })),
      cell,
    );
    expect(allowed).toContain('but the matrix has {"verdict":"allowed"');
    expect(
      reasons(
        changed(group, (outcome) => ({ ...outcome, landsAs: ['nobody'] })),
        cell,
      ),
    ).toHaveLength(1);
    const doubted = changed(group, (outcome) => ({ ...outcome, uncertain: ['malformed-policy'] }));
    expect(reasons(doubted, cell)).toHaveLength(1);
  });

  it('finds a chain that cannot be followed, and one that is no chain', () => {
    const group = groupWith(({ outcome }) => outcome.via.length > 0);
    const cell = cellOf(group);
    const role = snapshot.roles.find(({ path }) => path.startsWith('/aws-service-role/'))?.arn ?? '';
    const impossible = changed(group, (outcome) => ({ ...outcome, via: [role] }));
    expect(reasons(impossible, cell)).toEqual([`the step \`${role}\` of its chain is not possible`]);
    const direct = changed(group, (outcome) => ({ ...outcome, via: [] }));
    expect(reasons(direct, cell)[0]).toMatch(/^denied, but the matrix has /);
  });

  it('finds a role that opens a cell that does not exist', () => {
    const group = groupWith(
      ({ outcome }) => outcome.via.length === 1 && outcome.via[0]?.includes(':role/') === true,
    );
    const without = { ...matrix, groups: matrix.groups.filter(({ outcome }) => outcome.via.length === 0) };
    expect(reasons(without, cellOf(group))[0]).toMatch(/^the matrix has no cell, but `arn:.*` opens it$/);
  });
});

it('the comparison looks a cell up only in the group that contains it', () => {
  const cellAt = indexCells(matrix);
  for (const { principal, instance, path } of cells) {
    const slowly = matrix.groups.filter(
      (group) =>
        group.path === path && group.principals.includes(principal) && group.instances.includes(instance),
    );
    expect(slowly.length).toBeLessThan(2);
    expect(cellAt(principal, instance, path)).toBe(slowly[0] ?? null);
  }
});

it('the comparison samples denied and other cells, the same ones for the same seed', () => {
  const cellAt = indexCells(matrix);
  const open = cells.filter(({ principal, instance, path }) => cellAt(principal, instance, path) !== null);
  expect(open.length).toBeGreaterThanOrEqual(cells.length / 2);
  expect(open.length).toBeLessThan(cells.length);
  expect(sampleCells(matrix, 400, randomOf(5))).toEqual(cells);
  expect(sampleCells({ ...matrix, groups: [] }, 10, randomOf(5))).toHaveLength(10);
});

it('the comparison prints the form of the contract, and no mismatch', async () => {
  const result = await matrixBench.run({ principals: '30', instances: '20', seed: '2' });
  expect(Object.keys(result)).toEqual([
    ...[
      'principals',
      'instances',
      'paths',
      'cells',
      'seconds',
      'peakRssMb',
      'compared',
      'mismatches',
      'seed',
    ],
  ]);
  expect(result).toMatchObject({
    principals: 30,
    instances: 20,
    paths: ACCESS_PATHS.length,
    cells: 600 * ACCESS_PATHS.length,
    mismatches: 0,
    seed: 2,
  });
});
