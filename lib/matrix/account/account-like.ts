import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { type Account, compileAccount, type Subject } from './account.ts';
import { type AuditedAccount, auditedAccount } from './audited-account.ts';
import { gatingTagKeys } from './gating-tags.ts';

/**
 * An account that differs from another only in policies and their holders: unchanged principals are the same
 * objects, so cached results about them are reused.
 */
export function auditedLike(snapshot: Account['snapshot'], before: AuditedAccount): AuditedAccount {
  const compiled = compileAccount(snapshot);
  const known = new Map(before.account.subjects.map((one) => [one.arn, one]));
  const [had, has] = [before.account.snapshot, snapshot].map(holdings) as [Holdings, Holdings];
  const subjects = compiled.subjects.map((own) => {
    const was = known.get(own.arn);
    const isLike = was && had.get(own.arn) === has.get(own.arn);
    return isLike && isSame(was, own, before.account, compiled) ? was : own;
  });
  const account = { ...compiled, subjects };
  const gates = [before.account, account].map((one) => gatingTagKeys(one).join('\n'));
  const { paths } = gates[0] === gates[1] ? before : auditedAccount(snapshot);
  return { ...before, account, paths };
}

type Holdings = ReadonlyMap<string, string>;

/**
 * The policies of everybody, and the groups they come from: these decide which Denies it can remove from
 * itself.
 */
function holdings({ users, roles, groups }: Account['snapshot']): Holdings {
  const ofGroups = new Map(groups.map(({ name, policies }) => [name, policies.join('\n')]));
  const ofUsers = users.map(({ arn, policies, groups: own }) => [
    arn,
    [...policies, ...own.flatMap((name) => [`group ${name}`, ofGroups.get(name) ?? ''])].join('\n'),
  ]);
  const ofRoles = roles.map(({ arn, policies }) => [arn, policies.join('\n')]);
  return new Map([...ofUsers, ...ofRoles] as [string, string][]);
}

function isSame(was: Subject, own: Subject, before: Account, after: Account): boolean {
  const trust = own.role?.trust ?? '';
  return (
    before.policies.get(trust) === after.policies.get(trust) &&
    was.missing === own.missing &&
    was.layers.permissionsBoundary === own.layers.permissionsBoundary &&
    areSame(was.layers.identityPolicies, own.layers.identityPolicies) &&
    areSameLevels(was.layers.serviceControlPolicies, own.layers.serviceControlPolicies) &&
    areSameLevels(was.layers.resourceControlPolicies, own.layers.resourceControlPolicies)
  );
}

type Policies = readonly CompiledPolicy[];

const areSame = (was: Policies, own: Policies): boolean =>
  was.length === own.length && was.every((policy, i) => policy === own[i]);

const areSameLevels = (was: readonly Policies[], own: readonly Policies[]): boolean =>
  was.length === own.length && was.every((level, i) => areSame(level, own[i] as Policies));
