import { kindsOfSnapshot } from '../findings/principal-kinds.ts';
import { STANDING, selectFindings } from '../findings/select.ts';
import { instanceCount } from '../matrix/answers/find-groups.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import { isGap } from '../snapshot/age.ts';
import { auditStateOf } from '../snapshot/audit-state.ts';
import { type KindCounts, kindCounts } from './kind-counts.ts';
import { opensRoot } from './path-facts.ts';
import type { Report } from './report.ts';
import { dayOf, type Trend, type TrendCells, type TrendPoint } from './trend.ts';

/** Days that are kept. */
const MOST_POINTS = 100;

/** The numbers of an audit after those of the runs before it. */
export function trendOf(report: Report, before: readonly TrendPoint[]): Trend {
  const own = pointOf(report);
  const earlier = before.filter(({ at }) => dayOf(at) < dayOf(own.at));
  return {
    schemaVersion: 1,
    accountId: report.accountId,
    cells: cellsOf(report.matrix),
    points: [...earlier.slice(1 - MOST_POINTS), own],
  };
}

function pointOf(report: Report): TrendPoint {
  const { snapshot, findings, takenAt, matrix } = report;
  const severities = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of selectFindings(findings, { states: STANDING })) severities[severity] += 1;
  return {
    at: takenAt,
    state: auditStateOf(snapshot).state,
    root: rootKinds(report),
    findings: severities,
    instances: matrix.instances.length,
    calls: snapshot.coverage.length,
    gaps: snapshot.coverage.filter(isGap).length,
  };
}

/** Principals with root on some instance without a condition, by kind. */
export function rootKinds({ snapshot, matrix }: Pick<Report, 'snapshot' | 'matrix'>): KindCounts {
  const holders = new Set<number>();
  for (const { path, outcome, principals } of matrix.groups) {
    if (outcome.verdict !== 'allowed' || !opensRoot(path, outcome.landsAs)) continue;
    for (const principal of principals) holders.add(principal);
  }
  const kindOf = kindsOfSnapshot(snapshot);
  return kindCounts([...holders].map((one) => kindOf(matrix.principals[one]?.arn ?? '')));
}

function cellsOf({ groups }: Matrix): Trend['cells'] {
  const cells = new Map<PathId, TrendCells>();
  for (const group of groups) {
    const { verdict } = group.outcome;
    if (verdict === 'denied') continue;
    const counts = cells.get(group.path) ?? { allowed: 0, conditional: 0, unknown: 0 };
    counts[verdict] += group.principals.length * instanceCount(group);
    cells.set(group.path, counts);
  }
  return Object.fromEntries([...cells].sort(([a], [b]) => (a < b ? -1 : 1)));
}
