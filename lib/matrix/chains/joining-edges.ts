import type { Account } from '../account/account.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import { groupsOf, identitiesOf } from '../account/own-denies.ts';
import { versionsFor } from '../account/policy-versions.ts';
import type { Escalation } from '../paths/escalation.ts';
import { attachingEdges } from './attaching-edges.ts';
import type { Edge } from './chains.ts';
import { type EscalationRequests, takenBy } from './escalation-requests.ts';

interface Parts {
  readonly requests: EscalationRequests;
  readonly hypotheticals: HypotheticalPrincipals;
}

/** Edges to itself with the policies of a group, or with another version of one of its policies. */
export function joiningEdges(from: number, row: Escalation, account: Account, parts: Parts): readonly Edge[] {
  if (row.becomes === 'attached') return attachingEdges(from, row, account, parts);
  if (row.becomes === 'version') return versionEdges(from, row, account, parts);
  return row.becomes === 'group' ? groupEdges(from, row, account, parts) : [];
}

function groupEdges(
  from: number,
  { action, requests: asks }: Escalation,
  account: Account,
  { requests, hypotheticals }: Parts,
): readonly Edge[] {
  const one = hypotheticals.at(from);
  const identity = identitiesOf(account).get(one.subject.arn);
  const joined = new Set(identity ? groupsOf(identity, account) : []);
  return account.snapshot.groups.flatMap((group) => {
    if (joined.has(group) || !hypotheticals.gainsGroup(one, group)) return [];
    const asked = requests.any(one.subject, asks, [{ arn: group.arn, tags: [] }]);
    if (asked.open === false) return [];
    const to = hypotheticals.inGroup(from, group);
    return [{ to: [to], by: action, steps: [group.arn], ...takenBy(asked) }];
  });
}

/** A chain activates at most one version. */
function versionEdges(
  from: number,
  { action, requests: asks }: Escalation,
  account: Account,
  { requests, hypotheticals }: Parts,
): readonly Edge[] {
  const { subject, group } = hypotheticals.at(from);
  if (group !== null) return [];
  return versionsFor(subject, account).flatMap((version) => {
    const asked = requests.any(subject, asks, [{ arn: version.policy, tags: null }]);
    if (asked.open === false) return [];
    const to = hypotheticals.withVersion(from, version);
    return [{ to: [to], by: action, steps: [version.step], ...takenBy(asked) }];
  });
}
