import type { Bits } from '../../evaluator/bits.ts';
import type { Condition } from '../../evaluator/decision.ts';
import type { Residual } from '../../evaluator/residual/residuals.ts';
import type { Grant, Verdict } from '../paths/cell.ts';

/** The content of a cell, without its places. */
export interface HeldCell {
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  readonly residual: Residual;
  readonly alternative: string;
  readonly landsAs: readonly string[];
  /** see OsUsers */
  readonly untagged: readonly string[] | null;
  readonly grants: readonly Grant[];
  /** missing calls, for the principal or for resources */
  readonly missing: string | null;
  /** true if it depends on a resource that was not collected */
  readonly isUnseen: boolean;
}

/** Cells of one principal on one path with the same result, with their instance classes. */
export interface RowCell extends HeldCell {
  readonly bits: Bits;
}
