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

/** What a run before this one changed. */
export interface TimelineRun {
  /** ISO 8601 */
  readonly at: string;
  /** else a check of events */
  readonly isScan: boolean;
  readonly drift: readonly Drift[];
}

/** Everything that one audit of one account found, as every output format reads it. */
export interface Report {
  readonly accountId: string;
  /** ISO 8601, UTC */
  readonly takenAt: string;
  /** when the audit that this one was compared with was taken; null on the first run */
  readonly previousAt: string | null;
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
  readonly findings: readonly Finding[];
  /** what `latchkey.yml` says of the account; left out: nothing */
  readonly expected?: Expected;
  /** the changes that take away the most; left out before they are worked out */
  readonly fixes?: readonly RankedFix[];
  readonly drift: readonly Drift[];
  /** when the last digest told of this account; left out, or null: never */
  readonly digestAt?: string | null;
  /** what runs before changed, the newest first, for the page */
  readonly timeline?: readonly TimelineRun[];
  /** the own numbers, and those of the runs before; left out, or null: not known */
  readonly trend?: Trend | null;
  readonly problems: readonly PolicyProblem[];
}
