import type { Bits } from '../../evaluator/bits.ts';
import type { Condition } from '../../evaluator/decision.ts';
import type { Residual } from '../../evaluator/residual/residuals.ts';
import type { Grant, Verdict } from '../paths/cell.ts';

/** A cell, independent of its place. */
export interface HeldCell {
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  readonly residual: Residual;
  readonly alternative: string;
  readonly landsAs: readonly string[];
  /** see Landing */
  readonly untagged: readonly string[] | null;
  readonly grants: readonly Grant[];
  /** missing calls, of the principal or of what the cells depend on */
  readonly missing: string | null;
  /** it depends on a resource that was not collected */
  readonly isUnseen: boolean;
}

/**
 * Cells of one principal on one path with the same result: the content of a CellGroup, for instance classes.
 */
export interface RowCell extends HeldCell {
  readonly bits: Bits;
}
