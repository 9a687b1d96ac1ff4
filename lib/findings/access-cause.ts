import type { Grant } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import type { AccessHolder } from './finding.ts';
import type { AccessHit, Rule } from './rule.ts';
import type { Weight } from './severity.ts';

/** The result of one rule for one statement, with everybody that it grants the access. */
export interface RulePart {
  readonly rule: Rule;
  /** the access of the most severe holder, and its weight */
  readonly worst: AccessHit;
  readonly weight: Weight;
  readonly hits: readonly AccessHit[];
  readonly cells: readonly CellGroup[];
}

/** One statement, in all its places, with the results of all rules. */
export interface AccessCause {
  readonly grants: readonly Grant[];
  /** the most severe first */
  readonly parts: readonly RulePart[];
  readonly cells: readonly CellGroup[];
  readonly holders: readonly AccessHolder[];
}
