import { kindsIn } from '../matrix/account/kinds-of.ts';
import { allowedPrincipals } from '../policy/allowed-principals.ts';
import { thousands } from '../policy/counted.ts';
import type { Role, Snapshot } from '../snapshot/snapshot.ts';
import { manageable, named } from './evidence.ts';
import { indexPolicies, type PolicyIndex } from './statements.ts';

/** True for a role that an identity provider may assume for somebody. */
export const isOfProvider = (policies: PolicyIndex, { trust }: Role): boolean =>
  allowedPrincipals(policies.statements(trust) ?? []).some(({ federated }) => federated.length > 0);

/** Most names in the note. */
const MOST_NAMED = 20;

/**
 * The note of coverage about MFA at identity providers; null: people take no role through one. Neither a policy nor a
 * condition key says whether the provider asked for MFA.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
 */
export function providerMfaNote(snapshot: Snapshot): string | null {
  const policies = indexPolicies(snapshot);
  const kindOf = kindsIn(snapshot, ({ trust }) => policies.statements(trust));
  const roles = snapshot.roles.filter(
    (role) => kindOf(role.arn) === 'person' && isOfProvider(policies, role),
  );
  if (roles.length === 0) return null;
  const names = [...new Set(roles.map(({ arn }) => manageable(arn)))].sort();
  const count = roles.length === 1 ? '1 role' : `${thousands(roles.length)} roles`;
  return `MFA is not judged for ${count} that people take through an identity provider, since no policy says whether the provider requires it: ${named(names, MOST_NAMED)}`;
}
