import type { Grant, PathId } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import type { Facts } from './facts.ts';
import type { AccessHolder, Finding, FindingCause, Severity } from './finding.ts';

/** The hit of a rule for one principal, with the statements that grant it. */
export interface AccessHit {
  readonly kind: 'access';
  readonly rule: Rule;
  /** index into the matrix's principals */
  readonly principal: number;
  readonly cells: readonly CellGroup[];
  /** the statements to change; a finding is made for each of them */
  readonly grants: readonly Grant[];
  /** every present and future instance of a region or of the account */
  readonly broad?: boolean;
  /** what is open: the first sentence of the evidence */
  readonly says: string;
  readonly more?: readonly string[];
  /** the remedy is an additional policy, not a change of the granting statement */
  readonly adds?: boolean;
  /** a policy statement that would be enough instead, or that helps */
  readonly example?: object;
}

/** The hit of a rule for one place, without what all findings share. */
export interface PlaceHit {
  readonly kind: 'place';
  readonly rule: Rule;
  readonly severity: Severity;
  readonly cause: FindingCause;
  /** the title behind the name of the place */
  readonly title: string;
  readonly instanceCount: number;
  readonly productionCount: number;
  readonly regions: readonly string[];
  /** who comes in, if it is a way in */
  readonly holders?: readonly AccessHolder[];
  readonly paths?: readonly PathId[];
  readonly evidence: readonly string[];
  /** what is open there, in words that change only with it: an exception covers exactly these */
  readonly opens?: readonly string[];
  readonly remediation: string;
  /** ARNs in the corresponding findings of earlier versions */
  readonly subjects: readonly string[];
}

export type Hit = AccessHit | PlaceHit;

/**
 * One rule: its words and its check. A new rule is one file in `rules/` and its line in rules.ts; its row in
 * docs/rules.md is generated. Ids are stable interface.
 */
export interface Rule {
  readonly id: string;
  /** the base: severity.ts says what raises and lowers it */
  readonly severity: Severity;
  /** what it lets people do, after `lets 3 principals`: `start a session` */
  readonly title: string;
  /** what fires it, in one sentence */
  readonly fires: string;
  /** why it is dangerous */
  readonly risk: string;
  /** how to verify it */
  readonly verify: string;
  /** what to do, in general; a finding adds the policy, the statement and an example */
  readonly remediation: string;
  readonly references: readonly string[];
  /** the paths that it reads; empty for rules about places */
  readonly paths: readonly PathId[];
  readonly find: (facts: Facts) => Iterable<Hit>;
  /**
   * for a finding of an earlier run that is no longer found: why it could not be checked this time, null
   * if it could
   */
  readonly unseen: (facts: Facts, finding: Finding) => string | null;
}
