import type { Condition } from '../evaluator/decision.ts';
import type { PathId, Verdict } from '../matrix/paths/cell.ts';
import type { CauseKind } from './input-change.ts';

export interface CellState {
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  readonly landsAs: readonly string[];
}

/** People came to hold a permission set, or left it: its role may do what it could before. */
export interface Assigned {
  /** ARN of its role */
  readonly principal: string;
  readonly came: number;
  readonly left: number;
  /** what the role may do now, each way in once */
  readonly holds: readonly {
    readonly path: PathId;
    readonly verdict: Verdict;
    readonly landsAs: readonly string[];
  }[];
}

/** Why cells changed: the input that differs, and where an event is known, who did it. */
export interface Cause {
  readonly kind: CauseKind;
  readonly detail: string;
  readonly eventId?: string;
  readonly eventName?: string;
  readonly actor?: string;
  readonly time?: string;
  readonly sourceIp?: string;
  /** calls of the AWS CLI that take it back, the first ones; a comment says how many more there are */
  readonly undo?: readonly string[];
  /**
   * Instances came or went, and for each there is one in the other audit that the same principals reach in the same
   * ways: nobody gets at anything new in kind.
   */
  readonly alike?: true;
  /** a user or role was deleted and created again under the same name: it is another one */
  readonly again?: true;
  /** what is known and accepted of the account grew: something is told no more */
  readonly silences?: true;
  readonly assigned?: Assigned;
}

export type ChangeWord = 'gained' | 'lost' | 'changed';

/** Cells gained, lost and changed; then how many principals, instances, ... they are about. Null: not known. */
export interface DriftCounts {
  readonly gained: number;
  readonly lost: number;
  readonly changed: number;
  readonly principals: number;
  readonly people: number | null;
  readonly instances: number;
  readonly production: number | null;
}

/** Cells that changed alike: each of these principals on each of these instances by each of these paths. */
export interface DriftGroup {
  readonly change: ChangeWord;
  /** ARNs, sorted, the first ones */
  readonly principals: readonly string[];
  readonly principalCount: number;
  /** ids, sorted, the first ones */
  readonly instances: readonly string[];
  readonly instanceCount: number;
  readonly paths: readonly PathId[];
  readonly before: CellState;
  readonly after: CellState;
}

/** What one cause changed between two audits, as `drift.json` holds it. */
export interface Drift {
  /** the same for the same cause */
  readonly id: string;
  readonly cause: Cause;
  readonly counts: DriftCounts;
  readonly groups: readonly DriftGroup[];
}

/** One cell gained, lost or changed, as `diff --cells` prints it. */
export interface CellDrift {
  readonly change: ChangeWord;
  readonly principal: string;
  readonly instance: string;
  readonly path: PathId;
  readonly before: CellState;
  readonly after: CellState;
  /** the id of the cause */
  readonly cause: string;
}
