import { formulaKey } from '../../evaluator/formula-key.ts';
import type { Account, Subject } from '../account/account.ts';
import {
  type Attachable,
  type AttachableKind,
  attachableKinds,
  limitsAttaching,
} from '../account/attachable-policies.ts';
import { type AttachedSet, attachedSets } from '../account/attached-sets.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import { ownTargets } from '../account/own-targets.ts';
import type { Target } from '../account/target.ts';
import type { Escalation } from '../paths/escalation.ts';
import type { Edge } from './chains.ts';
import { BEST, rankOf } from './codes.ts';
import { type EscalationRequests, type RequestsAnswer, takenBy } from './escalation-requests.ts';

/** Policies that a principal may attach under one condition. */
interface Attaching {
  readonly asked: RequestsAnswer;
  readonly set: AttachedSet;
}

/** Edges to itself with policies that it may attach, if it may attach some policies only. */
export function attachingEdges(
  from: number,
  row: Escalation,
  account: Account,
  {
    requests,
    hypotheticals,
  }: { readonly requests: EscalationRequests; readonly hypotheticals: HypotheticalPrincipals },
): readonly Edge[] {
  const one = hypotheticals.at(from);
  if (one.group !== null || !limitsAttaching(one.subject)) return [];
  const targets = ownTargets(one.subject, row, account);
  return attachings(one.subject, { row, targets }, account, requests).flatMap(({ asked, set }) => {
    if (!hypotheticals.gainsAttached(one, set)) return [];
    const to = hypotheticals.attached(from, set);
    return [{ to: [to], by: row.action, steps: [set.step], ...takenBy(asked) }];
  });
}

/** What a principal may attach to any of the targets: a set for each different condition. */
export function attachings(
  subject: Subject,
  { row, targets }: { readonly row: Escalation; readonly targets: readonly Target[] },
  account: Account,
  requests: EscalationRequests,
): readonly Attaching[] {
  if (targets.length === 0) return [];
  const found = attachableKinds(account).flatMap((kind) => {
    const context = { 'iam:PolicyARN': kind[0].arn };
    const asked = requests.any(
      subject,
      row.requests,
      targets.map((target) => ({ ...target, context })),
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
