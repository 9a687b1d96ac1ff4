import type { Grant } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import type { Holder } from './finding.ts';
import type { AccessHit, Rule } from './rule.ts';
import type { Weight } from './severity.ts';

/** What one rule says of one statement: of everybody whom it grants the access. */
export interface RulePart {
  readonly rule: Rule;
  /** what the gravest holder has, and how that weighs */
  readonly worst: AccessHit;
  readonly weight: Weight;
  readonly hits: readonly AccessHit[];
  readonly cells: readonly CellGroup[];
}

/** One statement, wherever it stands, with all that the rules say of it. */
export interface AccessCause {
  readonly grants: readonly Grant[];
  /** the gravest first */
  readonly parts: readonly RulePart[];
  readonly cells: readonly CellGroup[];
  readonly holders: readonly Holder[];
}
