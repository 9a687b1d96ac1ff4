import type { CauseStatement } from '../findings/finding.ts';
import type { PathId } from '../matrix/paths/cell.ts';

/** A place to fix. */
export interface FixCause {
  readonly kind: 'statement' | 'trust';
  /** Allow statements that grant, or that let somebody in */
  readonly statements: readonly CauseStatement[];
  /** what is to be closed */
  readonly paths: readonly PathId[];
  /** ARNs of those who hold it */
  readonly holders: readonly string[];
  /** of a trust policy: ARNs of the roles of machines that take the role */
  readonly machines?: readonly string[];
  /** finding rules that it breaks, the gravest first */
  readonly rules: readonly string[];
  /** cells that rest on it, and those of people with root on production among them; none can lose more by it */
  readonly cells: number;
  readonly rootCells: number;
}
