import { openOf } from '../../lib/evaluator/combine.ts';
import { and, type Formula } from '../../lib/evaluator/formula.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { requestGrants } from '../../lib/matrix/account/one-cell.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import type { Target } from '../../lib/matrix/account/target.ts';
import type { Edge } from '../../lib/matrix/chains/chains.ts';
import { grantsIn } from '../../lib/matrix/chains/escalation-requests.ts';
import type { Grant } from '../../lib/matrix/paths/cell.ts';
import { attachedWays, groupWays as groupChanges, joinersOf, withSet } from './naive-attached.ts';
import { certainFirst } from './naive-chains.ts';
import { mergedCodes, type Resting, restingOn } from './naive-codes.ts';
import { ofSet, setsOf } from './naive-directory.ts';
import { keptNaively } from './naive-kept.ts';
import { tagsOf, tagsText } from './naive-tags.ts';
import { versionWays, withThatVersion } from './naive-versions.ts';

/** An action that gives a principal any policy, or removes its boundary, and its target. */
interface Way {
  readonly action: string;
  readonly of: 'user' | 'role' | 'both';
  readonly on: 'itself' | 'policy' | 'group' | 'boundary' | 'set' | 'any group' | 'new group';
  readonly key?: string;
  /** the policy is created before */
  readonly isMade?: true;
  /** requests that are needed in addition */
  readonly also?: readonly string[];
}

const BOUNDARY = 'iam:PermissionsBoundary';
const FREEING: readonly Way[] = [
  { action: 'iam:DeleteUserPermissionsBoundary', of: 'user', on: 'itself' },
  { action: 'iam:PutUserPermissionsBoundary', of: 'user', on: 'itself', key: BOUNDARY },
  { action: 'iam:DeleteRolePermissionsBoundary', of: 'role', on: 'itself' },
  { action: 'iam:PutRolePermissionsBoundary', of: 'role', on: 'itself', key: BOUNDARY },
  { action: 'iam:CreatePolicyVersion', of: 'both', on: 'boundary' },
  { action: 'sso:DeletePermissionsBoundaryFromPermissionSet', of: 'role', on: 'set' },
  { action: 'sso:PutPermissionsBoundaryToPermissionSet', of: 'role', on: 'set' },
];

const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const WAYS: readonly Way[] = [
  { action: 'iam:CreatePolicyVersion', of: 'both', on: 'policy' },
  { action: 'iam:PutUserPolicy', of: 'user', on: 'itself' },
  { action: 'iam:AttachUserPolicy', of: 'user', on: 'itself', key: 'iam:PolicyARN' },
  { action: 'iam:PutGroupPolicy', of: 'user', on: 'group' },
  { action: 'iam:AttachGroupPolicy', of: 'user', on: 'group', key: 'iam:PolicyARN' },
  { action: 'iam:PutRolePolicy', of: 'role', on: 'itself' },
  { action: 'iam:AttachRolePolicy', of: 'role', on: 'itself', key: 'iam:PolicyARN' },
  { action: 'iam:AttachUserPolicy', of: 'user', on: 'itself', isMade: true },
  { action: 'iam:AttachGroupPolicy', of: 'user', on: 'group', isMade: true },
  { action: 'iam:AttachRolePolicy', of: 'role', on: 'itself', isMade: true },
  ...(['iam:PutGroupPolicy', 'iam:AttachGroupPolicy'] as const).flatMap((action): readonly Way[] => [
    { action, of: 'user', on: 'any group', also: ['iam:AddUserToGroup'] },
    { action: 'iam:CreateGroup', of: 'user', on: 'new group', also: [action, 'iam:AddUserToGroup'] },
  ]),
  { action: 'sso:PutInlinePolicyToPermissionSet', of: 'role', on: 'set' },
  { action: 'sso:AttachManagedPolicyToPermissionSet', of: 'role', on: 'set' },
  {
    action: 'sso:AttachCustomerManagedPolicyReferenceToPermissionSet',
    ...{ of: 'role', on: 'set', also: ['iam:CreatePolicy'] },
  },
];

/**
 * Edges to principals that are made stronger before they are assumed. Each is evaluated separately. `stronger`: the
 * number of a principal with any policy.
 */
export function widenedEdges(
  by: Subject,
  edges: readonly Edge[],
  subjects: readonly Subject[],
  account: Account,
): readonly Edge[] {
  if (by.kind === 'outside') return [];
  // first boundaries, then policies, for principals with and without a boundary
  const freed = certainFirst(
    foundEdges(by, edges, FREEING, (one) => freeOf(one, subjects), subjects, account),
  );
  const strong = (list: readonly Edge[]): readonly Edge[] =>
    certainFirst(foundEdges(by, list, WAYS, (one) => strongerOf(one, subjects, account), subjects, account));
  const activated = activatedEdges(by, edges, subjects, account);
  const joiners = joinersOf(edges, subjects, account);
  const some = [
    ...[edges, freed].flatMap((list) => attachedEdges(by, list, joiners, subjects, account)),
    ...activated,
    ...activatedEdges(by, freed, subjects, account),
  ];
  const ofBoundary = activated.filter(({ to: [to] }) => hasVersionAsBoundary(subjects[to as number]));
  return [...freed, ...strong(edges), ...strong(freed), ...some, ...strong(ofBoundary)];
}

const hasVersionAsBoundary = (one: Subject | undefined): boolean =>
  /:v\d+$/.test(one?.layers.permissionsBoundary?.name ?? '');

/** Edges to principals of whose policies another version was activated before. */
function activatedEdges(
  by: Subject,
  edges: readonly Edge[],
  subjects: readonly Subject[],
  account: Account,
): readonly Edge[] {
  return eachEnd(edges, subjects, (victim, edge, at) =>
    versionWays(by, victim, account).flatMap(({ step, ...way }) => {
      const to = withThatVersion(victim, step, subjects);
      return to < 0 ? [] : edgeTo(edge, at, to, { ...way, steps: ['iam:SetDefaultPolicyVersion', step] });
    }),
  );
}

/** What is found for each principal that the edges lead to, with its number and its place in the edge. */
function eachEnd(
  edges: readonly Edge[],
  subjects: readonly Subject[],
  found: (victim: Subject, edge: Edge, at: number, end: number) => readonly Edge[],
): readonly Edge[] {
  return edges.flatMap((edge) =>
    edge.to.flatMap((end, at) => found(subjects[end] as Subject, edge, at, end)),
  );
}

/** Edges to principals with policies that were attached before, or in a group into which they were put. */
function attachedEdges(
  by: Subject,
  edges: readonly Edge[],
  joiners: ReadonlySet<number>,
  subjects: readonly Subject[],
  account: Account,
): readonly Edge[] {
  const isJoiner = ({ arn }: Subject): boolean => [...joiners].some((end) => subjects[end]?.arn === arn);
  return eachEnd(edges, subjects, (victim, edge, at) => {
    const joined = isJoiner(victim) ? groupChanges(by, victim, account) : [];
    return [...attachedWays(by, victim, account), ...joined].flatMap(({ steps, asked, set }) => {
      const to = withSet(victim, set, subjects);
      const { open, codes } = asked;
      return to < 0 ? [] : edgeTo(edge, at, to, { open, codes, grants: grantsIn(asked), steps });
    });
  });
}

function foundEdges(
  by: Subject,
  edges: readonly Edge[],
  ways: readonly Way[],
  endOf: (victim: Subject) => number,
  subjects: readonly Subject[],
  account: Account,
): readonly Edge[] {
  return ways.flatMap((way) =>
    eachEnd(edges, subjects, (victim, edge, at) => {
      const to = endOf(victim);
      return to < 0
        ? []
        : askedWays(by, victim, way, account).flatMap((asked) => edgeTo(edge, at, to, asked));
    }),
  );
}

const isPossible = (ways: readonly Way[], by: Subject, other: Subject, account: Account): boolean =>
  by.kind !== 'outside' && ways.some((way) => askedWays(by, other, way, account).length > 0);

/** True if one principal may remove the boundary of another, if only under a condition. */
export const mayFree = (by: Subject, other: Subject, account: Account): boolean =>
  isPossible(FREEING, by, other, account);

/** True if one principal may give another any policy, if only under a condition. */
export const mayStrengthen = (by: Subject, other: Subject, account: Account): boolean =>
  isPossible(WAYS, by, other, account);

/** Edges to itself without its boundary. */
export function freeingEdges(by: Subject, subjects: readonly Subject[], account: Account): readonly Edge[] {
  if (by.kind === 'outside' || by.layers.permissionsBoundary === null) return [];
  return FREEING.flatMap((way) =>
    askedWays(by, by, way, account).flatMap(
      ({ steps: [action, ...on], open, codes, grants, missing }): readonly Edge[] => {
        const to = freeOf(by, subjects);
        // what an unread policy may allow is not followed: its holder is unknown anyway
        if (to < 0 && by.missing !== null) return [];
        const edge = { to: [to], open, codes, grants, ...(missing ? { missing } : {}) };
        return [
          on.length === 0
            ? { ...edge, steps: [action as string] }
            : { ...edge, by: action as string, steps: on },
        ];
      },
    ),
  );
}

export const isFreeing = ({ by, steps: [step] }: Edge): boolean =>
  by === undefined ? /^(iam|sso):.*PermissionsBoundary/.test(step ?? '') : by === 'iam:CreatePolicyVersion';

/** The principal without its boundary. */
function freeOf(victim: Subject, subjects: readonly Subject[]): number {
  const { identityPolicies, permissionsBoundary } = victim.layers;
  if (permissionsBoundary === null) return -1;
  return subjects.findIndex(
    ({ arn, layers, ownTags, untagged, tags }) =>
      arn === victim.arn &&
      tagsText(ownTags) === tagsText(victim.ownTags) &&
      untagged === victim.untagged &&
      tags.length === victim.tags.length &&
      layers.permissionsBoundary === null &&
      layers.identityPolicies.length === identityPolicies.length &&
      layers.identityPolicies.every((policy, i) => policy === identityPolicies[i]),
  );
}

/** A permission set is changed, and then provisioned in this account. */
function setWays(
  by: Subject,
  victim: Subject,
  { action, also = [] }: Way,
  account: Account,
): readonly Asked[] {
  return setsOf(victim, account).flatMap(({ set, missing }) => {
    if (missing !== undefined && victim !== by) return [];
    const asked = ofSet(by, set, [action, ...also, 'sso:ProvisionPermissionSet'], account);
    return asked.open === false ? [] : [{ ...asked, steps: [action], ...(missing ? { missing } : {}) }];
  });
}

/** A policy is created under any name that fits, and attached. */
function madeWays(by: Subject, victim: Subject, way: Way, account: Account): readonly Asked[] {
  const { snapshot } = account;
  const text = JSON.stringify(snapshot.policies.map(({ document }) => document));
  if (!/iam:PolicyARN/i.test(text)) return [];
  const named = [...text.matchAll(/:policy\/([^"]*)"/g)].map(([, name = '']) => name.replace(/[*?]/g, 'x'));
  const all = ['new-00000000000000000', ...named].map(
    (one) => `arn:aws:iam::${snapshot.accountId}:policy/${one}`,
  );
  const free = [...new Set(all)].filter((arn) => !snapshot.policies.some(({ id }) => id === arn));
  return targetsOf(victim, way, account).flatMap((target) =>
    free.flatMap((arn) => {
      const attach = { action: way.action, on: 'any' as const, context: { 'iam:PolicyARN': arn } };
      const create = { action: 'iam:CreatePolicy', on: 'any' as const };
      const asked = [
        ask(account, { subject: by, row: attach, target, region: '' }),
        ask(account, { subject: by, row: create, target: { arn, tags: [] }, region: '' }),
      ];
      const { open, codes } = restingOn(and(...(asked.map(openOf) as [Formula, Formula])), [], by.given);
      const grants = requestGrants(asked).filter(({ policy }) => policy !== 'any policy');
      return open === false ? [] : [{ steps: ['iam:CreatePolicy'], open, codes, grants }];
    }),
  );
}

/** A group gets a policy and then a member. */
function groupWays(by: Subject, { action, also = [], on }: Way, account: Account): readonly Asked[] {
  const there = account.snapshot.groups.map(({ arn }) => arn);
  const groups = on === 'any group' ? there : newGroupNames(account).filter((arn) => !there.includes(arn));
  return groups.flatMap((arn) => {
    const asked = [action, ...also].map((one) => {
      const context = one.startsWith('iam:Attach') ? { context: { 'iam:PolicyARN': ADMINISTRATOR } } : {};
      const row = { action: one, on: 'any' as const, ...context };
      return ask(account, { subject: by, row, target: { arn, tags: [] }, region: '' });
    });
    const all = asked.map(openOf).reduce<Formula>((open, one) => and(open, one), true);
    const { open, codes } = restingOn(all, [], by.given);
    const grants = requestGrants(asked).filter(({ policy }) => policy !== 'any policy');
    return open === false ? [] : [{ steps: [action], open, codes, grants }];
  });
}

/** An unlikely name, and what the documents of the account name. */
function newGroupNames({ snapshot }: Account): readonly string[] {
  const text = JSON.stringify(snapshot.policies.map(({ document }) => document));
  const named = [...text.matchAll(/"arn:aws:iam::[^:"]*:group\/([^"]*[^*"][^"]*)"/g)].map(
    ([, name = '']) => name,
  );
  return ['new-00000000000000000', ...named.map((name) => name.replace(/[*?]/g, 'x'))].map(
    (name) => `arn:aws:iam::${snapshot.accountId}:group/${name}`,
  );
}

interface Asked extends Resting {
  readonly missing?: string;
  readonly steps: readonly string[];
  readonly grants: readonly Grant[];
}

function edgeTo(
  edge: Edge,
  at: number,
  to: number,
  { steps: after, open, codes, grants }: Asked,
): readonly Edge[] {
  const both = and(edge.open, open);
  const steps = [edge.steps[at] as string];
  const all = [...(edge.grants ?? []), ...grants];
  const behind = [...(edge.after ?? []), ...after];
  return both === false
    ? []
    : [
        {
          ...edge,
          to: [to],
          steps,
          open: both,
          codes: mergedCodes(edge.codes ?? [], codes),
          after: behind,
          grants: all,
        },
      ];
}

/** The principal with any policy; the same one if it has every right already. */
function strongerOf(victim: Subject, subjects: readonly Subject[], account: Account): number {
  const boundary = victim.layers.permissionsBoundary;
  const names = ['any policy', ...keptNaively(victim, account)];
  return subjects.findIndex(
    ({ arn, layers, ownTags, untagged }) =>
      arn === victim.arn &&
      tagsText(ownTags) === tagsText(victim.ownTags) &&
      untagged === victim.untagged &&
      layers.permissionsBoundary === boundary &&
      layers.identityPolicies !== victim.layers.identityPolicies &&
      layers.identityPolicies.map(({ name }) => name).join() === names.join(),
  );
}

function askedWays(by: Subject, victim: Subject, way: Way, account: Account): readonly Asked[] {
  if (way.of !== 'both' && way.of !== victim.kind) return [];
  // only AWS changes its own roles
  if (way.on === 'itself' && /^\/aws-(service-role|reserved)\//.test(victim.role?.path ?? '')) return [];
  if (way.on === 'set') return setWays(by, victim, way, account);
  if (way.on === 'any group' || way.on === 'new group') return groupWays(by, way, account);
  if (way.isMade) return madeWays(by, victim, way, account);
  const context = way.key ? { [way.key]: ADMINISTRATOR } : undefined;
  return targetsOf(victim, way, account).flatMap((target) => {
    const row = { action: way.action, on: 'any' as const, ...(context ? { context } : {}) };
    const combined = ask(account, { subject: by, row, target, region: '' });
    const asked = openOf(combined);
    const { open, codes } = restingOn(target.tags === null ? tagsOf(target.arn, asked) : asked, [], by.given);
    const grants = requestGrants([combined]).filter(({ policy }) => policy !== 'any policy');
    const steps = way.on === 'boundary' ? [way.action, target.arn] : [way.action];
    return open === false ? [] : [{ steps, open, codes, grants }];
  });
}

function targetsOf(victim: Subject, { on }: Way, account: Account): readonly Target[] {
  const { snapshot } = account;
  if (on === 'itself') return [{ arn: victim.arn, tags: victim.tags }];
  const { identityPolicies, permissionsBoundary } = victim.layers;
  const asked = on === 'boundary' ? [permissionsBoundary] : identityPolicies;
  const held = new Set(asked.map((policy) => policy?.name.replace(/:v\d+$/, '')));
  if (on === 'policy' || on === 'boundary')
    return snapshot.policies
      .filter(({ id, kind }) => kind === 'customer-managed' && held.has(id))
      .map(({ id }) => ({ arn: id, tags: null }));
  const joined = snapshot.users.find(({ arn }) => arn === victim.arn)?.groups ?? [];
  return snapshot.groups.filter(({ name }) => joined.includes(name)).map(({ arn }) => ({ arn, tags: [] }));
}
