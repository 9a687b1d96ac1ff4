import type { Facts } from './facts.ts';

/**
 * Is there likely a person behind the principal? Users, outside accounts, and roles that people take: by SAML, from an
 * account or a user. A role that only services, workloads (OIDC) or other roles may take is a machine's.
 */
export function isHuman(facts: Facts, principal: number): boolean {
  const who = facts.matrix.principals[principal];
  if (!who) return false;
  if (who.kind !== 'role') return true;
  const role = facts.principals.get(who.arn);
  if (!role || !('trust' in role)) return false;
  return (facts.policies.statements(role.trust) ?? []).some((statement) => {
    const from = statement.principals;
    if (statement.effect !== 'Allow' || !from || from.not) return false;
    return (
      from.any ||
      from.federated.some((arn) => arn.includes(':saml-provider/')) ||
      from.aws.some(isAccountOrUser)
    );
  });
}

function isAccountOrUser(principal: string): boolean {
  return /^\d{12}$/.test(principal) || /^arn:[^:]*:iam::\d{12}:(root$|user\/)/.test(principal);
}
