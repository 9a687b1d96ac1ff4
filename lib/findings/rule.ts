import type { PathId } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import type { Facts } from './facts.ts';
import type { Severity } from './finding.ts';

/** What a rule found, before it is compared with the findings of the run before. */
export interface Hit {
  readonly rule: Rule;
  readonly severity: Severity;
  /** the rule's own, when left out */
  readonly title?: string;
  /** ARN */
  readonly principal?: string;
  readonly instance?: string;
  /** ARN */
  readonly resource?: string;
  readonly path?: PathId;
  /** of the instances that the cells take in */
  readonly regions?: readonly string[];
  readonly evidence: readonly string[];
  readonly remediation: string;
  /** the cells that it rests on; absent on posture rules */
  readonly cells?: readonly CellGroup[];
  /** every route needs MFA or ends at a date */
  readonly guarded?: boolean;
}

/**
 * One rule: what it says and how it looks. A new rule is one file in `rules/` and its line in rules.ts; its row in
 * docs/findings.md is checked against this. Ids are stable interface.
 */
export interface Rule {
  readonly id: string;
  /** the base: severity.ts says what raises and lowers it */
  readonly severity: Severity;
  readonly title: string;
  /** why it is dangerous */
  readonly risk: string;
  /** what to do, in general; a finding adds the policy, the principal and an example */
  readonly remediation: string;
  readonly references: readonly string[];
  /**
   * ids of rules that describe the same access more broadly: if one of them fires for the same principal and covers the
   * same instances, this one is silent
   */
  readonly within?: readonly string[];
  readonly find: (facts: Facts) => Iterable<Hit>;
  /** for a finding of an earlier run that is not found any more: why it could not be checked this time, null if it could */
  readonly unseen: (facts: Facts, finding: EarlierFinding) => string | null;
}

/** What `unseen` needs to know of a finding of an earlier run. */
export interface EarlierFinding {
  readonly principal?: string;
  readonly instance?: string;
  readonly resource?: string;
  readonly regions?: readonly string[];
}
