import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { sessionSource } from '../../reference/session-keys.ts';
import { type Account, policiesOf, type Subject } from './account.ts';
import { asksForKey } from './asks-for-key.ts';

const known = new WeakMap<CompiledPolicy, boolean>();

/** True if a condition reads a key that only services set in their sessions. */
export function asksForSessions(policy: CompiledPolicy): boolean {
  const isOf = (key: string): boolean => sessionSource(key) !== null;
  return remembered(known, policy, () => policy.statements.some((one) => asksForKey(one, isOf)));
}

const askedIn = new WeakMap<Account, boolean>();

/** True if the permissions of somebody may depend on how a session was started. */
export const someAskForSessions = (account: Account): boolean =>
  remembered(askedIn, account, () => [...account.policies.values()].some(asksForSessions));

/**
 * The principals whose permissions depend on how a session was started: by `sts:AssumeRole` or by a service. Null:
 * none.
 */
export function sessionAskers(
  account: Account,
  subjects: readonly Subject[],
): ((principal: number) => boolean) | null {
  const trusts = account.snapshot.roles.flatMap(({ trust }) => account.policies.get(trust) ?? []);
  const { serviceControlPolicies, resourceControlPolicies } = account.guardrails;
  const guardrails = [...serviceControlPolicies.flat(), ...resourceControlPolicies.flat()];
  const isOfAll = [...trusts, ...guardrails].some(asksForSessions);
  if (!isOfAll && !someAskForSessions(account)) return null;
  const asks = (principal: number): boolean => {
    const subject = subjects[principal];
    if (!subject?.role) return false;
    return isOfAll || policiesOf(subject).some(asksForSessions);
  };
  // called at every step of every chain
  const found: (boolean | undefined)[] = new Array(subjects.length);
  return (principal) => {
    found[principal] ??= asks(principal);
    return found[principal];
  };
}
