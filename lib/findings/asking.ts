import { conclude } from '../evaluator/conclude.ts';
import type { Decision, StatementRef } from '../evaluator/decision.ts';
import { settle } from '../evaluator/formula.ts';
import { compileAccount, type Subject } from '../matrix/account/account.ts';
import { ask } from '../matrix/account/question.ts';
import { remembered } from '../memory/remembered.ts';
import type { Snapshot, Tags } from '../snapshot/snapshot.ts';

/** A request that is in no cell of the matrix. */
export interface FreeRequest {
  readonly action: string;
  readonly resource: string;
  readonly region: string;
  /** of the resource; null: not known */
  readonly tags?: Tags | null;
  /** condition keys of the request */
  readonly context?: Readonly<Record<string, string>>;
}

const subjectsOf = new WeakMap<Snapshot, ReadonlyMap<string, Subject>>();

/** The evaluator's decision on one request of a principal of the account; null for an unknown principal. */
export function decisionOn(snapshot: Snapshot, principal: string, request: FreeRequest): Decision | null {
  return asked(snapshot, principal, request)?.decision ?? null;
}

/**
 * The Deny statements that block a request which everything else allows, possibly under a condition; none if
 * it is open.
 */
export function guardsOf(
  snapshot: Snapshot,
  principal: string,
  request: FreeRequest,
): readonly StatementRef[] {
  const answer = asked(snapshot, principal, request);
  if (answer?.decision.decision !== 'explicitDeny') return [];
  return settle(answer.combined.allowed, new Set()) === false ? [] : answer.decision.statements;
}

/** Undefined for an unknown principal. */
export function subjectIn(snapshot: Snapshot, principal: string): Subject | undefined {
  const subjects = remembered(
    subjectsOf,
    snapshot,
    () => new Map(compileAccount(snapshot).subjects.map((one) => [one.arn, one])),
  );
  return subjects.get(principal);
}

function asked(snapshot: Snapshot, principal: string, request: FreeRequest) {
  const account = compileAccount(snapshot);
  const subject = subjectIn(snapshot, principal);
  if (!subject) return null;
  const { action, resource, region, tags = [], context = {} } = request;
  const row = { action, on: 'any', context } as const;
  const combined = ask(account, { subject, row, target: { arn: resource, tags }, region });
  return { combined, decision: conclude(combined, { given: subject.given }) };
}

/** True if it is open, possibly under a condition. */
export function isOpenFor(snapshot: Snapshot, principal: string, request: FreeRequest): boolean {
  const decision = decisionOn(snapshot, principal, request)?.decision;
  return decision === 'allowed' || decision === 'conditional';
}
