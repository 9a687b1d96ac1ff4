import type { AttachedSet } from '../account/attached-sets.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import type { PolicyVersion } from '../account/policy-versions.ts';

/** Policies that are attached, a group that is joined, or a version that is activated. */
export type PolicyChange = AttachedSet | PolicyVersion;

/** The number of the principal after the change; null: the change would alter nothing. */
export function changedBy(
  change: PolicyChange,
  end: number,
  hypotheticals: HypotheticalPrincipals,
): number | null {
  const one = hypotheticals.at(end);
  if ('policies' in change)
    return hypotheticals.gainsAttached(one, change) ? hypotheticals.attached(end, change) : null;
  const { identityPolicies, permissionsBoundary } = one.subject.layers;
  const isHeld = [...identityPolicies, permissionsBoundary].some((policy) => policy?.name === change.policy);
  return isHeld ? hypotheticals.withVersion(end, change) : null;
}
