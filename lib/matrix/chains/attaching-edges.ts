import { formulaKey } from '../../evaluator/formula-key.ts';
import type { Group } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import {
  type Attachable,
  type AttachableKind,
  attachableKinds,
  limitsAttaching,
} from '../account/attachable-policies.ts';
import { type AttachedSet, attachedSets, setInGroup } from '../account/attached-sets.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import { groupsBeside, ownTargets } from '../account/own-targets.ts';
import type { Target } from '../account/target.ts';
import type { Escalation } from '../paths/escalation.ts';
import type { Edge } from './chains.ts';
import { BEST, rankOf } from './codes.ts';
import { type EscalationRequests, type RequestsAnswer, takenBy } from './escalation-requests.ts';

/** Policies that a principal may attach under one condition. */
export interface Attaching {
  readonly asked: RequestsAnswer;
  readonly set: AttachedSet;
}

interface Parts {
  readonly requests: EscalationRequests;
  readonly hypotheticals: HypotheticalPrincipals;
}

/**
 * Edges to itself with policies that it may attach, if it may attach some policies only: to itself, or to a group that
 * it joins.
 */
export function attachingEdges(
  from: number,
  row: Escalation,
  account: Account,
  { requests, hypotheticals }: Parts,
): readonly Edge[] {
  const one = hypotheticals.at(from);
  const { subject } = one;
  if (one.group !== null || !limitsAttaching(subject)) return [];
  const found =
    row.requests[0]?.on === 'other-group'
      ? groupsBeside(subject, account).flatMap((group) =>
          fillings(subject, { row, group }, account, requests),
        )
      : attachings(subject, { row, targets: ownTargets(subject, row, account) }, account, requests);
  return found
    .filter(({ set }) => hypotheticals.gainsAttached(one, set))
    .map((attaching) => attachedEdge(from, row, attaching, hypotheticals));
}

/** The edge to itself with these policies. */
export function attachedEdge(
  from: number,
  row: Escalation,
  { asked, set }: Attaching,
  hypotheticals: HypotheticalPrincipals,
): Edge {
  const [by, step, ...rest] = stepsOfAttaching(row, set);
  const after = rest.length > 0 ? { after: rest } : {};
  return { to: [hypotheticals.attached(from, set)], by, steps: [step], ...after, ...takenBy(asked) };
}

/** What a principal may attach to a group that gets a member as well. */
export function fillings(
  subject: Subject,
  { row, group }: { readonly row: Escalation; readonly group: Group },
  account: Account,
  requests: EscalationRequests,
): readonly Attaching[] {
  const targets = [{ arn: group.arn, tags: [] }];
  return attachings(subject, { row, targets }, account, requests).map(({ asked, set }) => ({
    asked,
    set: setInGroup(set, group, account),
  }));
}

/**
 * As a chain shows it: policies are attached, or somebody joins a group, to which policies may be attached as well.
 */
export const stepsOfAttaching = (
  { action }: Escalation,
  { step, group = step }: AttachedSet,
): readonly [string, string, ...string[]] =>
  group === step ? [action, step] : [action, group, 'iam:AttachGroupPolicy', step];

/** What a principal may attach to any of the targets: a set for each different condition. */
export function attachings(
  subject: Subject,
  { row, targets }: { readonly row: Escalation; readonly targets: readonly Target[] },
  account: Account,
  requests: EscalationRequests,
): readonly Attaching[] {
  if (targets.length === 0) return [];
  const found = attachableKinds(account).flatMap((kind) => {
    const asked = requests.any(
      subject,
      row.requests,
      targets.map((target) => ({
        ...target,
        context: { ...target.context, 'iam:PolicyARN': kind[0].arn },
      })),
    );
    return asked.open === false ? [] : [{ asked, kind }];
  });
  const sure = found.filter(({ asked }) => rankOf(asked) === BEST).flatMap(({ kind }) => kind);
  const byAnswer = Map.groupBy(found, ({ asked }) => `${formulaKey(asked.open)} ${asked.codes.join()}`);
  return [...byAnswer.values()].flatMap((same) => setsOf(same, sure));
}

/** What may be attached without a condition may be attached as well. */
function setsOf(
  same: readonly { readonly asked: RequestsAnswer; readonly kind: AttachableKind }[],
  sure: readonly Attachable[],
): readonly Attaching[] {
  const [first] = same;
  if (!first) return [];
  const all = new Set([...sure, ...same.flatMap(({ kind }) => kind)]);
  return attachedSets([...all]).map((set) => ({ asked: first.asked, set }));
}
