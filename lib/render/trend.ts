import type { Severity } from '../findings/finding.ts';
import type { AuditState } from '../snapshot/audit-state.ts';
import type { KindCounts } from './kind-counts.ts';

/** One audit in a few numbers. */
export interface TrendPoint {
  /** ISO 8601 */
  readonly at: string;
  readonly state: AuditState['state'];
  /** principals with unconditional root on some instance, by kind */
  readonly root: KindCounts;
  /** open findings */
  readonly findings: Readonly<Record<Severity, number>>;
  readonly instances: number;
  /** calls, and those that returned no data */
  readonly calls: number;
  readonly gaps: number;
}

export type TrendCells = Record<'allowed' | 'conditional' | 'unknown', number>;

/**
 * `trend.json` of a run: its own numbers, and one point per day of earlier runs, so that these need not be
 * opened.
 */
export interface Trend {
  readonly schemaVersion: 1;
  readonly accountId: string;
  /** cells that are not denied, by path and verdict */
  readonly cells: Readonly<Record<string, Readonly<TrendCells>>>;
  /** the oldest first, this run last; for each day the last */
  readonly points: readonly TrendPoint[];
}

/** `2026-08-23` */
export const dayOf = (at: string): string => at.slice(0, 10);
