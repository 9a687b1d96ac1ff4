import { remembered } from '../../memory/remembered.ts';
import type { Group } from '../../snapshot/snapshot.ts';
import type { Escalation, EscalationTarget } from '../paths/escalation.ts';
import type { Account, Subject } from './account.ts';
import { roleGivers } from './directory.ts';
import { newGroups } from './new-groups.ts';
import { attachingTo } from './new-policies.ts';
import { groupsOf, identityOf, isOfAws } from './own-denies.ts';
import { policyOfVersion } from './policy-versions.ts';
import type { Target } from './target.ts';

/**
 * The resources of a principal's request on itself: itself, a policy or a group that it has, one that it may join, its
 * permission set.
 */
export function ownTargets(subject: Subject, row: Escalation, account: Account): readonly Target[] {
  return attachingTo(targetsOn(row.requests[0]?.on, subject, account), row, subject, account);
}

function targetsOn(on: EscalationTarget | undefined, subject: Subject, account: Account): readonly Target[] {
  if (on === 'self')
    return subject.role && isOfAws(subject.role) ? [] : [{ arn: subject.arn, tags: subject.tags }];
  if (on === 'own-policy')
    return subject.layers.identityPolicies
      .map(({ name }) => policyOfVersion(name) ?? name)
      .filter((name) => customerManaged(account).has(name))
      .map((arn) => ({ arn, tags: null }));
  if (on === 'own-boundary') {
    const { name = '' } = subject.layers.permissionsBoundary ?? {};
    const arn = policyOfVersion(name) ?? name;
    return customerManaged(account).has(arn) ? [{ arn, tags: null }] : [];
  }
  if (on === 'own-set')
    return roleGivers(account, 'permissionSets').filter(({ roles }) => roles.includes(subject.arn));
  return on === 'new-group' ? newGroups(account) : groupTargets(subject, on === 'own-group', account);
}

/** The groups that a principal is in. */
export function groupsWith(subject: Subject, account: Account): readonly Group[] {
  const { joined } = subject;
  const identity = identityOf(subject, account);
  const own = identity ? groupsOf(identity, account) : [];
  return joined === undefined
    ? own
    : [...own, ...account.snapshot.groups.filter((one) => one.arn === joined)];
}

/** The groups that a principal is not in. */
export function groupsBeside(subject: Subject, account: Account): readonly Group[] {
  const joined = new Set(groupsWith(subject, account));
  return account.snapshot.groups.filter((group) => !joined.has(group));
}

/** The groups that a principal is in, or all others. */
function groupTargets(subject: Subject, isIn: boolean, account: Account): readonly Target[] {
  const joined = groupsWith(subject, account);
  if (isIn) return joined.map(({ arn }) => ({ arn, tags: [] }));
  // one list for all members of the same groups
  const byJoined = remembered(otherGroups, account, () => new Map<string, readonly Target[]>());
  return remembered(byJoined, joined.map(({ arn }) => arn).join(), () =>
    account.snapshot.groups.filter((one) => !joined.includes(one)).map(({ arn }) => ({ arn, tags: [] })),
  );
}

const otherGroups = new WeakMap<Account, Map<string, readonly Target[]>>();

const known = new WeakMap<Account, ReadonlySet<string>>();

export function customerManaged(account: Account): ReadonlySet<string> {
  return remembered(
    known,
    account,
    () =>
      new Set(
        account.snapshot.policies.filter(({ kind }) => kind === 'customer-managed').map(({ id }) => id),
      ),
  );
}
