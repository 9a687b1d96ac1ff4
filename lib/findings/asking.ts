import { conclude } from '../evaluator/conclude.ts';
import type { Decision, StatementRef } from '../evaluator/decision.ts';
import { settle } from '../evaluator/formula.ts';
import type { Account, Subject } from '../matrix/account/account.ts';
import { auditedAccount } from '../matrix/account/audited-account.ts';
import { ask } from '../matrix/account/question.ts';
import { PolicyViews } from '../matrix/classes/policy-views.ts';
import { PrincipalViews, SILENT_LIST } from '../matrix/classes/principal-views.ts';
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

/** Cached answers: of principals that no policy distinguishes, only one is evaluated. */
interface Asking {
  readonly account: Account;
  readonly subjects: ReadonlyMap<string, Subject>;
  readonly views: PrincipalViews;
  readonly answers: Map<string, FreeAnswer>;
}

interface FreeAnswer {
  readonly decision: Decision;
  /** everything but a Deny allows it, if only under a condition */
  readonly isGranted: boolean;
}

const askings = new WeakMap<Snapshot, Asking>();

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
  return answer?.decision.decision === 'explicitDeny' && answer.isGranted ? answer.decision.statements : [];
}

/** Undefined for an unknown principal. */
export function subjectIn(snapshot: Snapshot, principal: string): Subject | undefined {
  return askingOf(snapshot).subjects.get(principal);
}

function askingOf(snapshot: Snapshot): Asking {
  return remembered(askings, snapshot, () => {
    const { account } = auditedAccount(snapshot);
    const subjects = new Map(account.subjects.map((one) => [one.arn, one]));
    return { account, subjects, views: new PrincipalViews(new PolicyViews()), answers: new Map() };
  });
}

function asked(snapshot: Snapshot, principal: string, request: FreeRequest): FreeAnswer | null {
  const { account, subjects, views, answers } = askingOf(snapshot);
  const subject = subjects.get(principal);
  if (!subject) return null;
  const who = whoAsks(subject, request.action.toLowerCase(), views);
  const answer = () => answerTo(account, subject, request);
  return who === null ? answer() : remembered(answers, `${who} ${JSON.stringify(request)}`, answer);
}

/**
 * Principals with equal texts get equal answers; null if none of its own policies is about the action, so that the
 * answer is cheap.
 */
function whoAsks(subject: Subject, action: string, views: PrincipalViews): string | null {
  if (views.list(subject.layers.identityPolicies, action, subject) === SILENT_LIST) return null;
  const guardrails = subject.layers.resourceControlPolicies.map((level) =>
    views.list(level, action, subject),
  );
  return [views.keyOf(subject, [action]), ...guardrails].join();
}

function answerTo(account: Account, subject: Subject, request: FreeRequest): FreeAnswer {
  const { action, resource, region, tags = [], context = {} } = request;
  const row = { action, on: 'any', context } as const;
  const combined = ask(account, { subject, row, target: { arn: resource, tags }, region });
  const decision = conclude(combined, { given: subject.given });
  return { decision, isGranted: settle(combined.allowed, new Set()) !== false };
}

/** True if it is open, possibly under a condition. */
export function isOpenFor(snapshot: Snapshot, principal: string, request: FreeRequest): boolean {
  const decision = decisionOn(snapshot, principal, request)?.decision;
  return decision === 'allowed' || decision === 'conditional';
}
