import type { PathId } from '../matrix/paths/cell.ts';
import type { Outcome } from '../matrix/paths/matrix.ts';

/**
 * What a principal lost and has now by a path, on any instances. An outcome is null if there is no such cell.
 */
export interface ChangedOutcome {
  readonly path: PathId;
  readonly before: Outcome | null;
  readonly after: Outcome | null;
}

/** The steps of the chains of both sides, each once. */
const viaOf = ({ before, after }: ChangedOutcome): readonly string[] => [
  ...new Set([...(before?.via ?? []), ...(after?.via ?? [])]),
];

const isArn = (step: string): boolean => step.startsWith('arn:');

/** Roles and instances on the way. */
export const stepsOf = (changed: ChangedOutcome): readonly string[] => viaOf(changed).filter(isArn);

/** IAM actions on the way: steps in `via` that are not ARNs. */
export const actionsAlong = (changed: ChangedOutcome): readonly string[] =>
  viaOf(changed).filter((step) => !isArn(step));
