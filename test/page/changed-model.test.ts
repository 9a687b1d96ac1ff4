import { expect, test } from 'vitest';
import type { Drift, DriftGroup } from '../../lib/drift/drift.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { pack } from '../../lib/pipeline/pack.ts';
import { renderPage } from '../../lib/render/html/page.ts';
import type { Report } from '../../lib/render/report.ts';
import { strengthOf } from '../../lib/render/strength.ts';
import { Engine } from '../../page/engine/engine.ts';
import { NO_FILTER } from '../../page/engine/filter.ts';
import { headOf, packedOf } from '../render/page-parts.ts';
import { driftOf } from '../render/report-facts.ts';
import { fullReport } from '../render/reports.ts';

const NONE = { verdict: 'denied', condition: null, landsAs: [] } as const;
const SOME = { verdict: 'allowed', condition: null, landsAs: ['root'] } as const;

/** Every principal whose number is a multiple, on every such instance, by every such path. */
function changed(report: Report, by: number, after: DriftGroup['after'] = SOME): Drift {
  const { principals, instances, paths } = report.matrix;
  const some = <T>(list: readonly T[], step: number): T[] => list.filter((_, at) => at % step === 0);
  const group = {
    ...{ change: 'gained' as const, before: NONE, after },
    principals: some(principals, by).map(({ arn }) => arn),
    instances: some(instances, by + 1).map(({ id }) => id),
    paths: some(paths, 1 + (by % 3)),
  };
  return driftOf(`by-${by}`, { kind: 'policy', detail: 'x' }, [group]);
}

const day = (n: number): string => `2026-08-${String(n).padStart(2, '0')}T10:15:00.000Z`;

function accountWith(): { report: Report; runs: readonly { at: string; drift: readonly Drift[] }[] } {
  const report = fullReport();
  const own = [changed(report, 2), changed(report, 5)];
  const timeline = [
    { at: day(20), isScan: false, drift: [changed(report, 3)] },
    { at: day(2), isScan: true, drift: [changed(report, 4)] },
  ];
  return {
    report: { ...report, drift: own, timeline },
    runs: [{ at: report.takenAt, drift: own }, ...timeline],
  };
}

function engineOf(report: Report): Engine {
  const page = renderPage(report, pack);
  return new Engine(JSON.parse(headOf(page)), packedOf(page));
}

test.each([
  ['audit', 1],
  ['7', 2],
  ['30', 3],
] as const)(
  'the matrix of changes since %s has the cells of %i runs, each with its own strength',
  async (since, count) => {
    const { report, runs } = accountWith();
    const { matrix, snapshot } = report;
    const groups = runs.slice(0, count).flatMap(({ drift }) => drift.flatMap((one) => one.groups));
    const strongest = new Map<string, number>();
    for (const { principal, instance, path, verdict, landsAs } of cellsOf(matrix, snapshot)) {
      const isOne = groups.some(
        (one) =>
          one.principals.includes(principal) && one.instances.includes(instance) && one.paths.includes(path),
      );
      const key = `${principal} ${instance}`;
      if (isOne) strongest.set(key, Math.max(strongest.get(key) ?? 0, strengthOf(path, verdict, landsAs)));
    }
    expect(strongest.size).toBeGreaterThan(0);
    const { rows, columns, cells, isCut } = await engineOf(report).matrix({ ...NO_FILTER, since });
    expect(isCut).toBe(false);
    const told = new Map<string, number>();
    for (const [at, strength] of cells.entries()) {
      const [row, column] = [rows[Math.floor(at / columns.length)]!, columns[at % columns.length]!];
      const key = `${matrix.principals[row.first]!.arn} ${matrix.instances[column.first]!.id}`;
      if (strength > 0) told.set(key, strength);
      expect(row.count * column.count).toBe(1);
    }
    expect(told).toEqual(strongest);
  },
);

test('lost cells are not shown, incomplete lists say so, and earlier runs have their causes', async () => {
  const { report } = accountWith();
  const { matrix } = report;
  const lost = engineOf({ ...report, timeline: [], drift: [changed(report, 2, NONE)] });
  expect((await lost.matrix({ ...NO_FILTER, since: 'audit' })).rows).toEqual([]);
  const [one] = [changed(report, 2)];
  const cut = { ...one, groups: [{ ...one.groups[0]!, principalCount: 5000 }] };
  expect((await engineOf({ ...report, drift: [cut] }).matrix({ ...NO_FILTER, since: 'audit' })).isCut).toBe(
    true,
  );
  const { earlier } = await engineOf(report).changes();
  expect(
    earlier.map(({ at, isScan, changes, left }) => [at, isScan, changes.map(({ id }) => id), left]),
  ).toEqual([
    [day(20), false, ['by-3'], 0],
    [day(2), true, ['by-4'], 0],
  ]);
  expect(matrix.groups.length).toBeGreaterThan(0);
});
