import type { Severity } from '../findings/finding.ts';
import type { AuditState } from '../snapshot/audit-state.ts';
import type { KindCounts } from './kind-counts.ts';

/** What one audit comes to, in a few numbers. */
export interface TrendPoint {
  /** ISO 8601 */
  readonly at: string;
  readonly state: AuditState['state'];
  /** principals with root on some instance without a condition, by kind */
  readonly root: KindCounts;
  /** findings that stand */
  readonly findings: Readonly<Record<Severity, number>>;
  readonly instances: number;
  /** calls, and those that gave no data */
  readonly calls: number;
  readonly gaps: number;
}

export type TrendCells = Record<'allowed' | 'conditional' | 'unknown', number>;

/** `trend.json` of a run: its own numbers, and one point a day of the runs before it, so that nobody opens them. */
export interface Trend {
  readonly schemaVersion: 1;
  readonly accountId: string;
  /** cells that are not denied, by path and verdict */
  readonly cells: Readonly<Record<string, Readonly<TrendCells>>>;
  /** the oldest first, the own one last; of each day the last */
  readonly points: readonly TrendPoint[];
}

/** `2026-08-23` */
export const dayOf = (at: string): string => at.slice(0, 10);
