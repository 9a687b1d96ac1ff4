import { openOf } from '../../evaluator/combine.ts';
import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { settle } from '../../evaluator/formula.ts';
import { remaining } from '../../evaluator/residual/remaining.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Group, Role, User } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from './account.ts';
import { deniesSessions } from './denied-sessions.ts';
import { deniesSome, groupsOf, identityOf, isOfAws } from './own-denies.ts';
import { customerManaged } from './own-targets.ts';
import { plainRow } from './plain-row.ts';
import { policyOfVersion, versionsOf } from './policy-versions.ts';
import { ask } from './question.ts';
import type { Target } from './target.ts';

/** A request that removes a policy, or overwrites it. */
interface PolicyRemoval {
  readonly action: string;
  readonly target: Target;
}

/** The owner of a policy: the principal itself, or a group that it is in. */
type Owner = Pick<User | Role | Group, 'arn'> & { readonly tags?: User['tags'] };

const known = new WeakMap<Subject, readonly CompiledPolicy[]>();

/**
 * The Denies that remain for a principal that may give itself `anyPolicy`. With full IAM rights it removes all
 * others, one by one, unless another Deny, a boundary or a guardrail protects them. A Deny that it may remove only
 * under a condition stays here: removing it is a separate step of a chain.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function keptDenies(
  subject: Subject,
  anyPolicy: CompiledPolicy,
  account: Account,
): readonly CompiledPolicy[] {
  const denying = subject.layers.identityPolicies.filter(deniesSome);
  if (denying.length === 0) return NONE;
  return remembered(known, subject, () => {
    const { ofSessions = NONE, others = NONE } = Object.groupBy(denying.map(deniesOf), (policy) =>
      deniesSessions(policy) ? 'ofSessions' : 'others',
    );
    // a Deny for some sessions only is removed in another session
    return [...ofSessions, ...findKept(others, { subject, anyPolicy, account })];
  });
}

interface Asker {
  readonly subject: Subject;
  readonly anyPolicy: CompiledPolicy;
  readonly account: Account;
}

const NONE: readonly CompiledPolicy[] = [];

function findKept(all: readonly CompiledPolicy[], asker: Asker): readonly CompiledPolicy[] {
  const { subject, anyPolicy, account } = asker;
  const known = identityOf(subject, account);
  if (all.length === 0 || !known || isOfAws(known)) return all;
  // it may have removed tags from itself before
  const identity = subject.untagged ? { ...known, tags: subject.tags } : known;
  let kept = all;
  for (;;) {
    const identityPolicies = [anyPolicy, ...kept];
    const now = { ...subject, layers: { ...subject.layers, identityPolicies } };
    const isOpen = (way: PolicyRemoval): boolean => isSure(way, now, account);
    const left = kept.filter((policy) => {
      // an earlier version that it activated
      const name = policyOfVersion(policy.name) ?? policy.name;
      const owners = ownersOf(name, identity, asker);
      return !owners.every((owner) => waysFrom(owner, name, account).some(isOpen));
    });
    if (left.length === kept.length) return kept;
    kept = left;
  }
}

function isSure({ action, target }: PolicyRemoval, subject: Subject, account: Account): boolean {
  const combined = ask(account, { subject, row: plainRow(action), target, region: '' });
  const open = settle(openOf(combined), new Set());
  return remaining(open, { chosen: new Set(), given: subject.given }) === true;
}

/**
 * The owners of a policy. If neither the principal nor a group of it has the policy, the principal joined a group with
 * it, or attached it to itself.
 */
function ownersOf(name: string, identity: User | Role, { subject, account }: Asker): readonly Owner[] {
  const has = ({ policies }: Pick<Group, 'policies'>): boolean => policies.includes(name);
  const owners = [...[identity].filter(has), ...groupsOf(identity, account).filter(has)];
  if (owners.length > 0) return owners;
  return [account.snapshot.groups.find(({ arn }) => arn === subject.joined) ?? identity];
}

function waysFrom(owner: Owner, name: string, account: Account): readonly PolicyRemoval[] {
  const kind = kindOf(owner.arn);
  const target = { arn: owner.arn, tags: owner.tags ?? [] };
  const leave: readonly PolicyRemoval[] =
    kind === 'Group' ? [{ action: 'iam:RemoveUserFromGroup', target }] : [];
  if (name.startsWith(`${owner.arn}#`))
    return [
      { action: `iam:Delete${kind}Policy`, target },
      // a new policy under the same name overwrites it
      { action: `iam:Put${kind}Policy`, target },
      ...leave,
    ];
  const detached = { ...target, context: { 'iam:PolicyARN': name } };
  return [{ action: `iam:Detach${kind}Policy`, target: detached }, ...leave, ...otherVersions(name, account)];
}

/** A new version of a policy, or an existing one without a Deny that matters. */
function otherVersions(name: string, account: Account): readonly PolicyRemoval[] {
  if (!customerManaged(account).has(name)) return [];
  const target = { arn: name, tags: null };
  const isOneFree = versionsOf(name, account).some((policy) => !deniesSome(policy));
  const activate = isOneFree ? [{ action: 'iam:SetDefaultPolicyVersion', target }] : [];
  return [{ action: 'iam:CreatePolicyVersion', target }, ...activate];
}

const kindOf = (arn: string): 'User' | 'Role' | 'Group' => {
  if (/:user\//.test(arn)) return 'User';
  return /:role\//.test(arn) ? 'Role' : 'Group';
};

const denying = new WeakMap<CompiledPolicy, CompiledPolicy>();

/** The Denies of a policy, without its Allows. */
function deniesOf(policy: CompiledPolicy): CompiledPolicy {
  return remembered(denying, policy, () => {
    const { name, kind, document, statements, code = null } = policy;
    const denies = statements.filter(({ effect }) => effect !== 'Allow');
    return { name, kind, document, statements: denies, code, byAction: new Map() };
  });
}
