import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { sessionSource } from '../../reference/session-keys.ts';
import { type Account, policiesOf, type Subject } from './account.ts';
import { asksForKey } from './asks-for-key.ts';

const known = new WeakMap<CompiledPolicy, boolean>();

/** Does a condition ask for a key that services put into the sessions which they hand out? */
function asksForSessions(policy: CompiledPolicy): boolean {
  const isOf = (key: string): boolean => sessionSource(key) !== null;
  return remembered(known, policy, () => policy.statements.some((one) => asksForKey(one, isOf)));
}

/**
 * Of which principals what they may do, or whom they may take, depends on how the session was taken: by `sts:AssumeRole`,
 * or from a service that handed it out. Null: of nobody.
 */
export function sessionAskers(
  account: Account,
  subjects: readonly Subject[],
): ((principal: number) => boolean) | null {
  const trusts = account.snapshot.roles.flatMap(({ trust }) => account.policies.get(trust) ?? []);
  const { serviceControlPolicies, resourceControlPolicies } = account.guardrails;
  const guardrails = [...serviceControlPolicies.flat(), ...resourceControlPolicies.flat()];
  const isOfAll = [...trusts, ...guardrails].some(asksForSessions);
  if (!isOfAll && ![...account.policies.values()].some(asksForSessions)) return null;
  const found = new Map<number, boolean>();
  return (principal) =>
    remembered(found, principal, () => {
      const subject = subjects[principal];
      if (!subject?.role) return false;
      return isOfAll || policiesOf(subject).some(asksForSessions);
    });
}
