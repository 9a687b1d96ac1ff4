import { openOf } from '../../lib/evaluator/combine.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { limitsAttaching } from '../../lib/matrix/account/attachable-policies.ts';
import type { AttachedSet } from '../../lib/matrix/account/attached-sets.ts';
import { newGroups } from '../../lib/matrix/account/new-groups.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import { reduced } from '../../lib/matrix/chains/assume-role.ts';
import { attachings } from '../../lib/matrix/chains/attaching-edges.ts';
import type { Edge } from '../../lib/matrix/chains/chains.ts';
import { EscalationRequests, type RequestsAnswer } from '../../lib/matrix/chains/escalation-requests.ts';
import { ESCALATIONS } from '../../lib/matrix/paths/escalations.ts';
import { remembered } from '../../lib/memory/remembered.ts';
import { restingOn } from './naive-codes.ts';
import { tagsText } from './naive-tags.ts';

interface AttachedWay {
  /** as a chain shows it */
  readonly steps: readonly string[];
  readonly asked: Pick<RequestsAnswer, 'open' | 'codes' | 'combined'>;
  readonly set: AttachedSet;
}

/** True for a principal that somebody creates. */
const isMade = ({ arn }: Subject, { snapshot }: Account): boolean =>
  ![...snapshot.users, ...snapshot.roles].some((one) => one.arn === arn);

/** What one principal may attach to another, for each target by itself. */
export function attachedWays(by: Subject, victim: Subject, account: Account): readonly AttachedWay[] {
  if (by.kind === 'outside' || !limitsAttaching(by)) return [];
  const known = remembered(waysTo, by, () => new WeakMap<Subject, readonly AttachedWay[]>());
  return remembered(known, victim, () => attachedWaysOf(by, victim, account));
}

const waysTo = new WeakMap<Subject, WeakMap<Subject, readonly AttachedWay[]>>();

function attachedWaysOf(by: Subject, victim: Subject, account: Account): readonly AttachedWay[] {
  if (/^\/aws-(service-role|reserved)\//.test(victim.role?.path ?? '')) return [];
  const requests = new EscalationRequests(account, reduced);
  const { users, groups } = account.snapshot;
  const joined = users.find(({ arn }) => arn === victim.arn)?.groups ?? [];
  const rows = ESCALATIONS.filter(({ becomes, by: of }) => becomes === 'attached' && of === victim.kind);
  return rows
    .filter(({ requests: [first] }) => first?.on === 'self' || first?.on === 'own-group')
    .flatMap((row) => {
      const targets =
        row.requests[0]?.on === 'self'
          ? [{ arn: victim.arn, tags: victim.tags }]
          : groups.filter(({ name }) => joined.includes(name)).map(({ arn }) => ({ arn, tags: [] }));
      return targets.flatMap((target) =>
        attachings(by, { row, targets: [target] }, account, requests).map((one) => ({
          ...one,
          steps: [row.action, one.set.step],
        })),
      );
    });
}

/** The users among the ends of edges that may be put into a group: four that exist, and all new ones. */
export function joinersOf(
  edges: readonly Edge[],
  subjects: readonly Subject[],
  account: Account,
): Set<number> {
  const users = [...new Set(edges.flatMap(({ to }) => to))]
    .filter((end) => subjects[end]?.kind === 'user')
    .sort((a, b) => a - b);
  const there = users.filter((end) => !isMade(subjects[end] as Subject, account));
  return new Set([...there.slice(0, 4), ...users.filter((end) => !there.includes(end))]);
}

/** The groups that another principal may be put into, as they are or after some policies were attached to them. */
export function groupWays(by: Subject, victim: Subject, account: Account): readonly AttachedWay[] {
  if (by.kind === 'outside' || victim.kind !== 'user') return [];
  return remembered(knownWays, by, () => groupWaysOf(by, account));
}

const knownWays = new WeakMap<Subject, readonly AttachedWay[]>();

function groupWaysOf(by: Subject, account: Account): readonly AttachedWay[] {
  const { snapshot, policies } = account;
  const requests = new EscalationRequests(account, reduced);
  const held = (ids: readonly string[]): AttachedSet['policies'] =>
    ids.flatMap((id) => policies.get(id) ?? []);
  const joined = snapshot.groups.flatMap(({ arn, policies: ids }): readonly AttachedWay[] => {
    const row = { action: 'iam:AddUserToGroup', on: 'any' as const };
    const combined = ask(account, { subject: by, row, target: { arn, tags: [] }, region: '' });
    const { open, codes } = restingOn(openOf(combined), [], by.given);
    const set = { step: arn, policies: held(ids), group: arn };
    const asked = { open, codes, combined: [combined] };
    return open === false ? [] : [{ steps: ['iam:AddUserToGroup', arn], asked, set }];
  });
  if (!limitsAttaching(by)) return joined;
  const rows = ESCALATIONS.filter(({ becomes }) => becomes === 'attached');
  const filled = rows.flatMap((row) => {
    const isNew = row.requests[0]?.on === 'new-group';
    if (!isNew && row.requests[0]?.on !== 'other-group') return [];
    const groups = isNew ? newGroups(account).map(({ arn }) => ({ arn, policies: [] })) : snapshot.groups;
    return groups.flatMap(({ arn, policies: ids }) =>
      attachings(by, { row, targets: [{ arn, tags: [] }] }, account, requests).map(
        ({ asked, set }): AttachedWay => ({
          steps: isNew ? ['iam:CreateGroup', set.step] : [row.action, arn, 'iam:AttachGroupPolicy', set.step],
          asked,
          set: isNew ? set : { ...set, policies: [...held(ids), ...set.policies], group: arn },
        }),
      ),
    );
  });
  return [...joined, ...filled];
}

/** The number of the principal with these policies added; -1: there is none. */
export function withSet(
  victim: Subject,
  { policies, group }: AttachedSet,
  subjects: readonly Subject[],
): number {
  const all = [...new Set([...victim.layers.identityPolicies, ...policies])];
  if (all.length === victim.layers.identityPolicies.length) return -1;
  return subjects.findIndex(
    ({ arn, layers, ownTags, untagged, joined }) =>
      arn === victim.arn &&
      joined === group &&
      tagsText(ownTags) === tagsText(victim.ownTags) &&
      untagged === victim.untagged &&
      layers.permissionsBoundary === victim.layers.permissionsBoundary &&
      layers.identityPolicies.length === all.length &&
      layers.identityPolicies.every((policy, i) => policy === all[i]),
  );
}
