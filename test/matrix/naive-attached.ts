import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { limitsAttaching } from '../../lib/matrix/account/attachable-policies.ts';
import type { AttachedSet } from '../../lib/matrix/account/attached-sets.ts';
import { reduced } from '../../lib/matrix/chains/assume-role.ts';
import { attachings } from '../../lib/matrix/chains/attaching-edges.ts';
import { EscalationRequests, type RequestsAnswer } from '../../lib/matrix/chains/escalation-requests.ts';
import { ESCALATIONS } from '../../lib/matrix/paths/escalations.ts';

interface AttachedWay {
  readonly action: string;
  readonly asked: RequestsAnswer;
  readonly set: AttachedSet;
}

/** What one principal may attach to another, for each target by itself. */
export function attachedWays(by: Subject, victim: Subject, account: Account): readonly AttachedWay[] {
  if (by.kind === 'outside' || !limitsAttaching(by)) return [];
  if (/^\/aws-(service-role|reserved)\//.test(victim.role?.path ?? '')) return [];
  const requests = new EscalationRequests(account, reduced);
  const { users, groups } = account.snapshot;
  const joined = users.find(({ arn }) => arn === victim.arn)?.groups ?? [];
  return ESCALATIONS.filter((row) => row.becomes === 'attached' && row.by === victim.kind).flatMap((row) => {
    const targets =
      row.requests[0]?.on === 'self'
        ? [{ arn: victim.arn, tags: victim.tags }]
        : groups.filter(({ name }) => joined.includes(name)).map(({ arn }) => ({ arn, tags: [] }));
    return targets.flatMap((target) =>
      attachings(by, { row, targets: [target] }, account, requests).map((one) => ({
        ...one,
        action: row.action,
      })),
    );
  });
}

/** The number of the principal with these policies added; -1: there is none. */
export function withSet(victim: Subject, { policies }: AttachedSet, subjects: readonly Subject[]): number {
  const all = [...new Set([...victim.layers.identityPolicies, ...policies])];
  if (all.length === victim.layers.identityPolicies.length) return -1;
  return subjects.findIndex(
    ({ arn, layers, ownTags, untagged }) =>
      arn === victim.arn &&
      ownTags === victim.ownTags &&
      untagged === victim.untagged &&
      layers.permissionsBoundary === victim.layers.permissionsBoundary &&
      layers.identityPolicies.length === all.length &&
      layers.identityPolicies.every((policy, i) => policy === all[i]),
  );
}
