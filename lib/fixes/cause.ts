import type { CauseStatement } from '../findings/finding.ts';
import type { PathId } from '../matrix/paths/cell.ts';

/** A place to fix. */
export interface FixCause {
  readonly kind: 'statement' | 'trust';
  /** Allow statements that grant the access, or admit a principal to a role */
  readonly statements: readonly CauseStatement[];
  /** the paths to close */
  readonly paths: readonly PathId[];
  /** other root paths that the same statements open */
  readonly siblings: readonly PathId[];
  /** ARNs of its holders */
  readonly holders: readonly string[];
  /** for a trust policy: ARNs of the machines' roles that assume the role */
  readonly machines?: readonly string[];
  /** finding rules that it breaks, the most severe first */
  readonly rules: readonly string[];
  /** cells that depend on it, and those of people with root on production: no fix removes more */
  readonly cells: number;
  readonly rootCells: number;
}
