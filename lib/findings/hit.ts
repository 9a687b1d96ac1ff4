import type { PathId } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import type { Facts } from './facts.ts';
import type { Severity } from './finding.ts';
import type { RuleId } from './rules.ts';

/** What a rule found, before it is compared with the findings of the run before. */
export interface Hit {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** the rule's own, when left out */
  readonly title?: string;
  /** ARN */
  readonly principal?: string;
  readonly instance?: string;
  /** ARN */
  readonly resource?: string;
  readonly path?: PathId;
  readonly evidence: readonly string[];
  readonly remediation: string;
  /** the cells that it rests on; absent on posture rules */
  readonly cells?: readonly CellGroup[];
  /** every route needs MFA or ends at a date */
  readonly guarded?: boolean;
}

/**
 * A rule with its logic. `unseen` answers for a finding of an earlier run that is not found any more: why it could not
 * be looked at this time, or null when it could.
 */
export interface Check {
  readonly rule: RuleId;
  readonly find: (facts: Facts) => Iterable<Hit>;
  readonly unseen: (facts: Facts, finding: EarlierFinding) => string | null;
}

/** What `unseen` needs to know of a finding of an earlier run. */
export interface EarlierFinding {
  readonly principal?: string;
  readonly instance?: string;
  readonly resource?: string;
  readonly evidence: readonly string[];
}
