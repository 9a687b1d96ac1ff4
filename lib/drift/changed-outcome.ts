import type { PathId } from '../matrix/paths/cell.ts';
import type { Outcome } from '../matrix/paths/matrix.ts';

/** What a principal lost and has now by a path, on whatever instances. An outcome is null where there is no such cell. */
export interface ChangedOutcome {
  readonly path: PathId;
  readonly before: Outcome | null;
  readonly after: Outcome | null;
}

/** Roles and instances on the way of either side, each once. Whatever `via` names and is no ARN is an action. */
export function stepsOf({ before, after }: ChangedOutcome): readonly string[] {
  const steps = [...(before?.via ?? []), ...(after?.via ?? [])].filter((step) => step.startsWith('arn:'));
  return [...new Set(steps)];
}

/** What was asked for on the way of either side, each once: actions that `via` names. */
export function actionsOf({ before, after }: ChangedOutcome): readonly string[] {
  const steps = [...(before?.via ?? []), ...(after?.via ?? [])].filter((step) => !step.startsWith('arn:'));
  return [...new Set(steps)];
}
