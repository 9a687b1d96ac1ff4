import type { PathId } from '../matrix/paths/cell.ts';
import type { Outcome } from '../matrix/paths/matrix.ts';

/** What a principal lost and has now by a path, on whatever instances. An outcome is null where there is no such cell. */
export interface ChangedOutcome {
  readonly path: PathId;
  readonly before: Outcome | null;
  readonly after: Outcome | null;
}

/** What the chains of either side lead through, each once. */
const viaOf = ({ before, after }: ChangedOutcome): readonly string[] => [
  ...new Set([...(before?.via ?? []), ...(after?.via ?? [])]),
];

const isArn = (step: string): boolean => step.startsWith('arn:');

/** Roles and instances on the way. */
export const stepsOf = (changed: ChangedOutcome): readonly string[] => viaOf(changed).filter(isArn);

/** Actions of IAM on the way: whatever `via` names and is no ARN. */
export const actionsOf = (changed: ChangedOutcome): readonly string[] =>
  viaOf(changed).filter((step) => !isArn(step));
