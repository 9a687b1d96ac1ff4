import type { Condition } from '../../lib/evaluator/decision.ts';
import { termHolds } from './conditions.ts';
import { type Case, contextOf } from './request.ts';

/** True if a residual is met in a full context, read as IAM reads a Condition element. */
export function conditionOf(
  condition: Condition | null,
  request: Case | undefined,
  context: object,
): boolean {
  if (!condition || !request) return false;
  const full = contextOf({ ...request, context: { ...request.context, ...context } });
  return condition.anyOf.some(({ allOf }) =>
    allOf.every(({ key, operator, values }) => termHolds(operator, key, values, '2012-10-17', full)),
  );
}
