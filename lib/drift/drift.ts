import type { Condition } from '../evaluator/decision.ts';
import type { PathId, Verdict } from '../matrix/paths/cell.ts';
import type { CauseKind, InputSubject } from './input-change.ts';

export interface CellState {
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  readonly landsAs: readonly string[];
}

/** People came to hold a permission set, or left it: its role may do the same as before. */
export interface Assigned {
  /** ARN of its role */
  readonly principal: string;
  readonly came: number;
  readonly left: number;
  /** the present rights of the role, each way in once */
  readonly holds: readonly {
    readonly path: PathId;
    readonly verdict: Verdict;
    readonly landsAs: readonly string[];
  }[];
  /** where these lead, all together; left out by earlier versions */
  readonly reach?: {
    readonly instances: number;
    readonly production: number;
    readonly regions: readonly string[];
  };
}

/** One change of the file of expected access. */
export interface ExpectedChange {
  readonly did: 'added' | 'removed' | 'changed';
  /** `administrator`, `known account`, `exception`, ... */
  readonly what: string;
  /** safe inside one line of text; left out: there is only one such thing in the file */
  readonly name?: string;
}

/** Why cells changed: the changed input, and its actor if an event is known. */
export interface Cause {
  readonly kind: CauseKind;
  readonly detail: string;
  readonly eventId?: string;
  readonly eventName?: string;
  readonly actor?: string;
  /** the name of the actor's role session; left out by earlier versions */
  readonly session?: string;
  readonly time?: string;
  readonly sourceIp?: string;
  /** AWS CLI calls that undo it, the first ones; a comment says how many more there are */
  readonly undo?: readonly string[];
  /**
   * Instances came or went, and each has a similar one in the other audit that the same principals reach in
   * the same way: nobody gained access of a new kind. With `again`: the access is the same as before.
   */
  readonly alike?: true;
  /** a user or role was deleted and created again under the same name: it is another principal */
  readonly again?: true;
  /** with `again`: who, the first ones, and their number; left out by earlier versions */
  readonly recreated?: { readonly subjects: readonly InputSubject[]; readonly count: number };
  /** a date in a condition has passed: nobody changed anything; left out by earlier versions */
  readonly dated?: true;
  /** the accepted access grew: something is no longer reported */
  readonly silences?: true;
  /** for `configuration`: what changed in the file; left out by earlier versions */
  readonly changes?: readonly ExpectedChange[];
  /** for `coverage`: the missing calls, as `missing` of a cell names them; left out by earlier versions */
  readonly missing?: readonly string[];
  readonly assigned?: Assigned;
}

/** Somebody changed the account, and no event says who. */
export const isUnexplained = ({ eventId, kind, dated }: Cause): boolean =>
  eventId === undefined && !dated && kind !== 'coverage' && kind !== 'configuration';

export type ChangeWord = 'gained' | 'lost' | 'changed';

/** Cells gained, lost and changed; then the number of their principals, instances, ... Null: not known. */
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

/** What one cause changed between two audits, as in `drift.json`. */
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
