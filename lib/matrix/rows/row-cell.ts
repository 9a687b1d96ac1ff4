import type { Bits } from '../../evaluator/bits.ts';
import type { Condition } from '../../evaluator/decision.ts';
import type { Residual } from '../../evaluator/residual/residuals.ts';
import type { Grant, Verdict } from '../paths/cell.ts';

/** A cell wherever it is. */
export interface HeldCell {
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  readonly residual: Residual;
  readonly alternative: string;
  readonly landsAs: readonly string[];
  /** see Landing */
  readonly untagged: readonly string[] | null;
  readonly grants: readonly Grant[];
  /** what was not collected, of the principal whose cells they are or of what they rest on */
  readonly missing: string | null;
  /** it rests on a resource that nobody has looked for */
  readonly isUnseen: boolean;
}

/** Cells of one principal on one path that come out the same: what a CellGroup says, for instance classes. */
export interface RowCell extends HeldCell {
  readonly bits: Bits;
}
