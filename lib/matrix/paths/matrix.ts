import type { Condition, Uncertainty } from '../../evaluator/decision.ts';
import type { Grant, Opens, PathId, Verdict } from './cell.ts';

/** The decision for a group of cells: the members of a cell that do not depend on the instance. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  /** id of an alternative in the table of paths; the cell's requests follow from it */
  readonly alternative: string;
  readonly landsAs: readonly string[];
  readonly via: readonly string[];
  readonly grants: readonly Grant[];
  readonly uncertain: readonly Uncertainty[];
  readonly opens?: readonly Opens[];
  readonly missing?: string;
}

/**
 * Cells that share an outcome. `principals` and `instances` are indexes into the matrix's lists; their
 * product is the group.
 */
export interface CellGroup {
  readonly path: PathId;
  readonly principals: readonly number[];
  readonly instances: readonly number[];
  readonly outcome: Outcome;
}

export interface MatrixPrincipal {
  readonly arn: string;
  readonly kind: 'user' | 'role' | 'outside';
}

/** The facts of an instance that a cell shows beside its verdict. */
export interface MatrixInstance {
  readonly id: string;
  readonly arn: string;
  readonly region: string;
  readonly name: string | null;
}

/** The effective-access matrix of one account: groups of cells that are not denied. A cell in no group is denied. */
export interface Matrix {
  readonly schemaVersion: 1;
  readonly accountId: string;
  readonly takenAt: string;
  readonly paths: readonly PathId[];
  readonly principals: readonly MatrixPrincipal[];
  readonly instances: readonly MatrixInstance[];
  /** number of instances of the account, if only some were loaded */
  readonly instanceCount?: number;
  readonly groups: readonly CellGroup[];
}
