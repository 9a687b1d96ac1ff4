import { openOf } from '../../lib/evaluator/combine.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { requestGrants } from '../../lib/matrix/account/one-cell.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import type { Edge } from '../../lib/matrix/chains/chains.ts';
import type { Group, Role, User } from '../../lib/snapshot/snapshot.ts';
import { restingOn } from './naive-codes.ts';
import { deniesSomething, isOfSessions } from './naive-kept.ts';
import { identityOf } from './naive-new-principals.ts';

const TAKING = /^iam:((Delete|Detach)(User|Role|Group)Policy|RemoveUserFromGroup)$/;

export const takesAway = ({ by }: Edge): boolean => by !== undefined && TAKING.test(by);

/** Edges to itself without a policy that denies something. */
export function denyEdges(by: Subject, subjects: readonly Subject[], account: Account): readonly Edge[] {
  const identity = identityOf(by, account.snapshot);
  const groups = account.snapshot.groups.filter(
    ({ name }) => 'groups' in identity && identity.groups.includes(name),
  );
  const held = [...identity.policies, ...groups.flatMap(({ policies }) => policies)];
  const { identityPolicies } = by.layers;
  const base = account.subjects.find(({ arn }) => arn === by.arn)?.layers.identityPolicies ?? [];
  const isJoined = identityPolicies.some(
    ({ name }) => name !== 'any policy' && !base.some((policy) => policy.name === name),
  );
  if (by.kind === 'outside' || by.ownTags || by.untagged || isJoined) return [];
  const single = identityPolicies.filter(
    (policy) =>
      deniesSomething(policy) &&
      !isOfSessions(policy, account) &&
      held.filter((id) => id === policy.name).length === 1,
  );
  const left = new Set<Group>();
  return single.flatMap(({ name }) => {
    const group = groups.find(({ policies }) => policies.includes(name));
    if (!group) return takeFrom(by, name, identity, 'trust' in identity ? 'Role' : 'User', subjects, account);
    const taken = takeFrom(by, name, group, 'Group', subjects, account);
    if (left.has(group)) return taken;
    left.add(group);
    const alone = group.policies.filter((id) => held.filter((one) => one === id).length === 1);
    return [
      ...taken,
      ...edgeTo(by, alone, group.arn, 'iam:RemoveUserFromGroup', group, {}, subjects, account),
    ];
  });
}

type Owner = Pick<User | Role, 'arn'> & Partial<Pick<User, 'tags'>>;

function takeFrom(
  by: Subject,
  name: string,
  owner: Owner,
  kind: string,
  subjects: readonly Subject[],
  account: Account,
): readonly Edge[] {
  const isInline = name.startsWith(`${owner.arn}#`);
  const action = `iam:${isInline ? 'Delete' : 'Detach'}${kind}Policy`;
  const context = isInline ? {} : { 'iam:PolicyARN': name };
  return edgeTo(by, [name], name, action, owner, context, subjects, account);
}

function edgeTo(
  by: Subject,
  names: readonly string[],
  step: string,
  action: string,
  { arn, tags = [] }: Owner,
  context: Readonly<Record<string, string>>,
  subjects: readonly Subject[],
  account: Account,
): readonly Edge[] {
  const row = { action, on: 'any' as const, context };
  const combined = ask(account, { subject: by, row, target: { arn, tags }, region: '' });
  const { open, codes } = restingOn(openOf(combined), [], by.given);
  const rest = by.layers.identityPolicies.filter(({ name }) => !names.includes(name));
  const to = subjects.findIndex(
    (one) =>
      one.arn === by.arn &&
      one.ownTags === undefined &&
      one.untagged === undefined &&
      one.layers.permissionsBoundary === by.layers.permissionsBoundary &&
      one.layers.identityPolicies.length === rest.length &&
      one.layers.identityPolicies.every((policy, i) => policy === rest[i]),
  );
  const grants = requestGrants([combined]).filter(({ policy }) => policy !== 'any policy');
  return open === false ? [] : [{ to: [to], by: action, steps: [step], open, codes, grants }];
}
