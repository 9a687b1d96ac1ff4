import type { Account } from '../account/account.ts';
import { setOfGroup } from '../account/attached-sets.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import { groupsBeside } from '../account/own-targets.ts';
import { versionsFor } from '../account/policy-versions.ts';
import type { Escalation } from '../paths/escalation.ts';
import { attachedEdge, attachingEdges } from './attaching-edges.ts';
import type { Edge } from './chains.ts';
import { type EscalationRequests, takenBy } from './escalation-requests.ts';

interface Parts {
  readonly requests: EscalationRequests;
  readonly hypotheticals: HypotheticalPrincipals;
  /** it has every permission that its boundary leaves: only versions of the boundary matter */
  readonly isEnough?: boolean;
}

/** Edges to itself with the policies of a group, or with another version of one of its policies. */
export function joiningEdges(from: number, row: Escalation, account: Account, parts: Parts): readonly Edge[] {
  if (row.becomes === 'attached') return attachingEdges(from, row, account, parts);
  if (row.becomes === 'version') return versionEdges(from, row, account, parts);
  return row.becomes === 'group' ? groupEdges(from, row, account, parts) : [];
}

function groupEdges(
  from: number,
  row: Escalation,
  account: Account,
  { requests, hypotheticals }: Parts,
): readonly Edge[] {
  const one = hypotheticals.at(from);
  if (one.group !== null) return [];
  return groupsBeside(one.subject, account).flatMap((group) => {
    const set = setOfGroup(group, account);
    if (!hypotheticals.gainsAttached(one, set)) return [];
    const asked = requests.any(one.subject, row.requests, [{ arn: group.arn, tags: [] }]);
    return asked.open === false ? [] : [attachedEdge(from, row, { asked, set }, hypotheticals)];
  });
}

/** A chain activates at most one version. */
function versionEdges(
  from: number,
  { action, requests: asks }: Escalation,
  account: Account,
  { requests, hypotheticals, isEnough }: Parts,
): readonly Edge[] {
  const { subject, group } = hypotheticals.at(from);
  if (group !== null) return [];
  const limit = subject.layers.permissionsBoundary?.name;
  return versionsFor(subject, account).flatMap((version) => {
    if (isEnough && version.policy !== limit) return [];
    const asked = requests.any(subject, asks, [{ arn: version.policy, tags: null }]);
    if (asked.open === false) return [];
    const to = hypotheticals.withVersion(from, version);
    return [{ to: [to], by: action, steps: [version.step], ...takenBy(asked) }];
  });
}
