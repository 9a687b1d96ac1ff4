import type { PathId, PrincipalKind } from '../matrix/paths/cell.ts';
import type { HeldBy } from '../snapshot/held-by.ts';
import type { Accepted } from './expected/expected.ts';
import type { Fix } from './fix.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** `reopened`: it was resolved before and is found again. */
export type FindingStatus = 'new' | 'open' | 'excepted' | 'resolved' | 'reopened';

/** What has to be changed. `principal`: of a finding of an earlier version, which named no statement. */
export type CauseKind =
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
  readonly kind: CauseKind;
  /** ARN or PolicyRecord id; of a statement in many policies the first of them */
  readonly resource: string;
  /** at most `MOST_LISTED` of them */
  readonly statements: readonly CauseStatement[];
}

/** Somebody who holds access through the cause, in their own name. */
export interface Holder {
  /** ARN */
  readonly principal: string;
  readonly kind: PrincipalKind;
  /** of the role of a permission set: the groups and the people behind it, the first three of each */
  readonly heldBy?: HeldBy;
  readonly instances: number;
  readonly paths: readonly PathId[];
}

/** Holders, and statements, that a finding lists; beyond them it counts. */
export const MOST_LISTED = 100;

/** One place to fix, as `findings.json` holds it. `id` is stable between runs. */
export interface Finding {
  readonly id: string;
  /** the gravest of `rules` */
  readonly rule: string;
  /** all that it breaks, the gravest first */
  readonly rules: readonly string[];
  readonly severity: Severity;
  readonly title: string;
  readonly cause: FindingCause;
  /** the gravest first, at most `MOST_LISTED` */
  readonly holders: readonly Holder[];
  readonly holderCount: number;
  /** how many of the holders are people, or come from outside */
  readonly peopleCount: number;
  readonly instanceCount: number;
  readonly productionCount: number;
  readonly paths: readonly PathId[];
  /** of the instances that it is about */
  readonly regions: readonly string[];
  /** sentences for people: what proves it */
  readonly evidence: readonly string[];
  /** a proved change; null where none was worked out */
  readonly fix: Fix | null;
  /** why there is none, where fixes were worked out */
  readonly whyNoFix?: string;
  readonly remediation: string;
  /** ISO 8601 */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** ISO 8601: the audit that did not find it any more; only while it is resolved */
  readonly resolvedAt?: string;
  /** who accepts it; only while it is excepted */
  readonly accepted?: Accepted;
  /** the severity of the audit before, where this one found it graver */
  readonly raisedFrom?: Severity;
  readonly status: FindingStatus;
}
