import type { PathId, PrincipalKind } from '../matrix/paths/cell.ts';
import type { HeldBy } from '../snapshot/held-by.ts';
import type { Accepted } from './expected/expected.ts';
import type { Fix } from './fix.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** `reopened`: it was resolved and is found again. */
export type FindingStatus = 'new' | 'open' | 'excepted' | 'resolved' | 'reopened';

/** The kind of place to change. `principal`: a finding of an earlier version, which named no statement. */
export type FindingCauseKind =
  | 'statement'
  | 'trust'
  | 'launch-template'
  | 'auto-scaling-group'
  | 'region'
  | 'security-group'
  | 'coverage'
  | 'setting'
  | 'role'
  | 'exception'
  | 'image'
  | 'snapshot'
  | 'principal';

export interface CauseStatement {
  /** PolicyRecord id: the ARN of a managed policy, `<owner ARN>#<name>` of an inline one */
  readonly policy: string;
  readonly statement: number;
  readonly sid: string | null;
}

/** The place to fix. */
export interface FindingCause {
  readonly kind: FindingCauseKind;
  /** ARN or PolicyRecord id; for a statement in many policies the first of them */
  readonly resource: string;
  /** at most `MOST_LISTED` of them */
  readonly statements: readonly CauseStatement[];
}

/** A principal that holds access through the cause itself. */
export interface AccessHolder {
  /** ARN */
  readonly principal: string;
  readonly kind: PrincipalKind;
  /** for the role of a permission set: the groups and people that hold it, the first three of each */
  readonly heldBy?: HeldBy;
  readonly instances: number;
  readonly paths: readonly PathId[];
}

/** The number of holders and statements that a finding lists; further ones are counted. */
export const MOST_LISTED = 100;

/** One place to fix, as in `findings.json`. `id` is stable between runs. */
export interface Finding {
  readonly id: string;
  /** the most severe of `rules` */
  readonly rule: string;
  /** all rules that it breaks, the most severe first */
  readonly rules: readonly string[];
  readonly severity: Severity;
  readonly title: string;
  readonly cause: FindingCause;
  /** the most severe first, at most `MOST_LISTED` */
  readonly holders: readonly AccessHolder[];
  readonly holderCount: number;
  /** how many of the holders are people or outsiders */
  readonly peopleCount: number;
  readonly instanceCount: number;
  readonly productionCount: number;
  readonly paths: readonly PathId[];
  /** regions of its instances */
  readonly regions: readonly string[];
  /** evidence: sentences for people */
  readonly evidence: readonly string[];
  /** a proved change; null if none was computed */
  readonly fix: Fix | null;
  /** why there is none, if fixes were computed */
  readonly whyNoFix?: string;
  readonly remediation: string;
  /** ISO 8601 */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** ISO 8601: the audit that no longer found it; only while it is resolved */
  readonly resolvedAt?: string;
  /** who accepts it; only while it is excepted */
  readonly accepted?: Accepted;
  /** the severity in the last audit, if it is higher now */
  readonly raisedFrom?: Severity;
  readonly status: FindingStatus;
}
