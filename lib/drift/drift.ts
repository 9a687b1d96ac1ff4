import type { Condition } from '../evaluator/decision.ts';
import type { PathId, Verdict } from '../matrix/paths/cell.ts';

export interface CellState {
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  readonly landsAs: readonly string[];
}

/** Why a cell changed: the input that differs, and where an event is known, who did it. */
export interface Cause {
  /** `policy`, `attachment`, `group`, `boundary`, `trust`, `guardrail`, `tag`, `principal`, `instance`, `setting`, `unknown` */
  readonly kind: string;
  readonly detail: string;
  readonly eventId?: string;
  readonly eventName?: string;
  readonly actor?: string;
  readonly time?: string;
  readonly sourceIp?: string;
}

/** One cell gained, lost or changed between two audits, as `drift.json` holds it. */
export interface Drift {
  readonly change: 'gained' | 'lost' | 'changed';
  readonly principal: string;
  readonly instance: string;
  readonly path: PathId;
  readonly before: CellState;
  readonly after: CellState;
  readonly cause: Cause;
}
