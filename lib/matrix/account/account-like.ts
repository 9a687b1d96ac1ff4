import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { type Account, compileAccount, type Subject } from './account.ts';
import { type AuditedAccount, auditedAccount } from './audited-account.ts';
import { gatingTagKeys } from './gating-tags.ts';

/**
 * An account that differs from another only in policies and in who has them: principals of whom nothing is otherwise are
 * the objects of the other, so that what is known of them is known already.
 */
export function auditedLike(snapshot: Account['snapshot'], before: AuditedAccount): AuditedAccount {
  const compiled = compileAccount(snapshot);
  const known = new Map(before.account.subjects.map((one) => [one.arn, one]));
  const subjects = compiled.subjects.map((own) => {
    const was = known.get(own.arn);
    return was && isSame(was, own, before.account, compiled) ? was : own;
  });
  const account = { ...compiled, subjects };
  const gates = [before.account, account].map((one) => gatingTagKeys(one).join('\n'));
  return { account, paths: gates[0] === gates[1] ? before.paths : auditedAccount(snapshot).paths };
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
