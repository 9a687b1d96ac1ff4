import type { Account } from '../account/account.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import { denyRemovals } from '../account/own-denies.ts';
import type { Escalation } from '../paths/escalation.ts';
import type { Edge } from './chains.ts';
import { type EscalationRequests, takenBy } from './escalation-requests.ts';

/** The largest number of policies that a principal removes from itself. */
const MOST_REMOVED = 3;

/** Edges to itself without a Deny. What its tags and groups would then allow is not followed. */
export function removalEdges(
  from: number,
  rows: readonly Escalation[],
  account: Account,
  {
    requests,
    hypotheticals,
  }: { readonly requests: EscalationRequests; readonly hypotheticals: HypotheticalPrincipals },
): readonly Edge[] {
  if (!rows.some(({ becomes }) => becomes === 'without-deny')) return NONE;
  const { subject, tags, untagged, group, removed } = hypotheticals.at(from);
  // another version of its boundary changes none of its own policies
  const isOther = group !== null && group !== subject.layers.permissionsBoundary?.name;
  if (tags || untagged || isOther || removed.length >= MOST_REMOVED) return NONE;
  return denyRemovals(subject, account).flatMap(({ action, step, target, removes }) => {
    const row = rows.find((one) => one.action === action);
    const asked = row && requests.any(subject, row.requests, [target]);
    if (!asked || asked.open === false) return NONE;
    const to = hypotheticals.without(from, removes);
    return [{ to: [to], by: action, steps: [step], ...takenBy(asked) }];
  });
}

const NONE: readonly Edge[] = [];
