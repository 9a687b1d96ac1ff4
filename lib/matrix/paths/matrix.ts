import type { Condition, Uncertainty } from '../../evaluator/decision.ts';
import type { Grant, Opens, PathId, Verdict } from './cell.ts';

/** What was decided for a group of cells: everything of a cell that does not name the instance. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  /** which alternative of the path's row opens it, an id out of the path table; expands to the cell's requests */
  readonly alternative: string;
  readonly landsAs: readonly string[];
  readonly via: readonly string[];
  readonly grants: readonly Grant[];
  readonly uncertain: readonly Uncertainty[];
  readonly opens?: readonly Opens[];
  readonly missing?: string;
}

/** Cells that share an outcome. `principals` and `instances` index into the matrix's lists; their product is the group. */
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

/** What a cell needs to know of its instance beside the verdict. */
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
  /** how many instances the account has, where those that were not asked for are left out */
  readonly instanceCount?: number;
  readonly groups: readonly CellGroup[];
}
