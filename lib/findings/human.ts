import { principalKind } from '../matrix/account/principal-kind.ts';
import type { Role } from '../snapshot/snapshot.ts';
import type { Facts } from './facts.ts';

/** Is there likely a person behind the principal? One from outside counts as one. */
export function isHuman(facts: Facts, principal: number): boolean {
  const who = facts.matrix.principals[principal];
  if (!who) return false;
  const role = (arn: string): Role | undefined => {
    const one = facts.principals.get(arn);
    return one && 'trust' in one ? one : undefined;
  };
  const { kind } = principalKind(who.arn, who.kind, {
    role,
    roleNamed: (name) => facts.snapshot.roles.find((one) => one.name === name),
    trust: (one) => facts.policies.statements(one.trust),
  });
  return kind === 'person' || kind === 'outside';
}
