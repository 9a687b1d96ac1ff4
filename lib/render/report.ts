import type { Drift } from '../drift/drift.ts';
import type { Expected } from '../findings/expected/expected.ts';
import type { Finding } from '../findings/finding.ts';
import type { RankedFix } from '../findings/fix.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import type { Problem } from '../policy/problem.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Trend } from './trend.ts';

/** A fault in a policy document: `policy` is its PolicyRecord id. */
export interface PolicyProblem {
  readonly policy: string;
  readonly problem: Problem;
}

/** The changes of an earlier run. */
export interface TimelineRun {
  /** ISO 8601 */
  readonly at: string;
  /** else a check of events */
  readonly isScan: boolean;
  readonly drift: readonly Drift[];
}

/** The complete result of one audit of one account, as every output format reads it. */
export interface Report {
  readonly accountId: string;
  /** ISO 8601, UTC */
  readonly takenAt: string;
  /** time of the audit that this one was compared with; null on the first run */
  readonly previousAt: string | null;
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
  readonly findings: readonly Finding[];
  /** the contents of `latchkey.yml` for the account; left out: nothing */
  readonly expected?: Expected;
  /** the changes that remove the most access; left out until they are computed */
  readonly fixes?: readonly RankedFix[];
  readonly drift: readonly Drift[];
  /** time of the last digest about this account; left out, or null: never */
  readonly digestAt?: string | null;
  /** the changes of earlier runs, the newest first, for the page */
  readonly timeline?: readonly TimelineRun[];
  /** the numbers of this run and of earlier ones; left out, or null: not known */
  readonly trend?: Trend | null;
  readonly problems: readonly PolicyProblem[];
}
