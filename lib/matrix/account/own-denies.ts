import { type CompiledPolicy, statementsFor } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Group, Role, User } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from './account.ts';
import { ASKED_ACTIONS, deniesSessions } from './denied-sessions.ts';
import { newcomerOf } from './new-principals.ts';
import type { Target } from './target.ts';

/** A request by which a principal removes policies from itself, of which one has a Deny. */
export interface DenyRemoval {
  readonly action: string;
  /** the policy, or the group that is left, as a chain shows it */
  readonly step: string;
  readonly target: Target;
  /** names of compiled policies */
  readonly removes: readonly string[];
}

/** The largest number of policies with a Deny that are tried. */
const MOST_DENIES = 4;

/**
 * Requests that remove a Deny from a principal. Only policies that it holds in a single way are tried: one that it
 * holds twice would have to be removed twice.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function denyRemovals(subject: Subject, account: Account): readonly DenyRemoval[] {
  const identity = identityOf(subject, account);
  if (!identity || isOfAws(identity)) return [];
  const groups = groupsOf(identity, account);
  const denying = subject.layers.identityPolicies
    .filter((policy) => deniesSome(policy) && !deniesSessions(policy))
    .slice(0, MOST_DENIES);
  const all = denying.flatMap(({ name }) => {
    const direct = identity.policies.includes(name);
    const by = groups.filter(({ policies }) => policies.includes(name));
    if (by.length + (direct ? 1 : 0) !== 1) return [];
    const [group] = by;
    return group ? fromGroup(name, group, identity, account) : [fromItself(name, identity)];
  });
  return [...new Map(all.map((one) => [`${one.action} ${one.step}`, one])).values()];
}

/** The policies that a step removes, by its action and its resource. */
export function removedBy(
  action: string,
  step: string,
  subject: Subject,
  account: Account,
): readonly string[] {
  return (
    denyRemovals(subject, account).find((one) => one.action === action && one.step === step)?.removes ?? []
  );
}

function fromItself(name: string, identity: User | Role): DenyRemoval {
  const kind = 'trust' in identity ? 'Role' : 'User';
  const isInline = name.startsWith(`${identity.arn}#`);
  const target = { arn: identity.arn, tags: identity.tags, ...(isInline ? {} : attached(name)) };
  return {
    action: `iam:${isInline ? 'Delete' : 'Detach'}${kind}Policy`,
    step: name,
    target,
    removes: [name],
  };
}

function fromGroup(
  name: string,
  group: Group,
  identity: User | Role,
  account: Account,
): readonly DenyRemoval[] {
  const isInline = name.startsWith(`${group.arn}#`);
  const target = { arn: group.arn, tags: [] };
  const held = new Set([
    ...identity.policies,
    ...groupsOf(identity, account).flatMap((one) => (one === group ? [] : one.policies)),
  ]);
  return [
    {
      action: `iam:${isInline ? 'Delete' : 'Detach'}GroupPolicy`,
      step: name,
      target: { ...target, ...(isInline ? {} : attached(name)) },
      removes: [name],
    },
    {
      action: 'iam:RemoveUserFromGroup',
      step: group.arn,
      target,
      removes: group.policies.filter((one) => !held.has(one)),
    },
  ];
}

const attached = (arn: string): Pick<Target, 'context'> => ({ context: { 'iam:PolicyARN': arn } });

/**
 * Only AWS changes service-linked roles and those of Identity Center.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
export const isOfAws = ({ path }: Pick<User | Role, 'path'>): boolean =>
  /^\/aws-(service-role|reserved)\//.test(path);

const denies = new WeakMap<CompiledPolicy, boolean>();

/** True if it denies some action that any path or escalation requests. */
export function deniesSome(policy: CompiledPolicy): boolean {
  return remembered(denies, policy, () => {
    if (policy.statements.every(({ effect }) => effect === 'Allow')) return false;
    return ASKED_ACTIONS.some((action) =>
      statementsFor(policy, action).some(({ effect }) => effect === 'Deny'),
    );
  });
}

const identities = new WeakMap<Account, ReadonlyMap<string, User | Role>>();

function identitiesOf(account: Account): ReadonlyMap<string, User | Role> {
  return remembered(identities, account, () => {
    const { users, roles } = account.snapshot;
    return new Map([...users, ...roles].map((one) => [one.arn, one]));
  });
}

/** The user or role of the account, or one that a principal may create. */
export const identityOf = ({ arn }: Subject, account: Account): User | Role | undefined =>
  identitiesOf(account).get(arn) ?? newcomerOf(arn, account)?.identity;

export const groupsOf = (identity: User | Role, { snapshot }: Account): readonly Group[] =>
  'groups' in identity ? snapshot.groups.filter(({ name }) => identity.groups.includes(name)) : [];
