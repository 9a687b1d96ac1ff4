import type { Drift } from '../drift/drift.ts';
import type { Finding } from '../findings/finding.ts';
import type { RankedFix } from '../findings/fix.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import type { Problem } from '../policy/problem.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** A fault in a policy document: `policy` is its PolicyRecord id. */
export interface PolicyProblem {
  readonly policy: string;
  readonly problem: Problem;
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
  /** the changes that take away the most; left out before they are worked out */
  readonly fixes?: readonly RankedFix[];
  readonly drift: readonly Drift[];
  readonly problems: readonly PolicyProblem[];
}
