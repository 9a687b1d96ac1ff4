import type { Account, Subject } from '../account/account.ts';
import type { Target } from '../account/target.ts';
import { type EqualTargets, equalTargets } from '../classes/target-classes.ts';
import type { DirectoryHolder, Escalation } from '../paths/escalation.ts';
import type { ArnShape } from '../paths/resource-kinds.ts';

/** Null: each provider is evaluated separately, since the trust policy of its role decides who gets in. */
const SHAPES: Readonly<Record<DirectoryHolder, ArnShape | null>> = {
  permissionSets: { service: 'sso', type: 'permissionSet/' },
  directoryGroups: { service: 'identitystore', type: 'group/' },
  samlProviders: null,
};

/** Classes of permission sets, groups or providers that the principal's policies treat alike. */
export function directoryKinds<T extends Target>(
  givers: readonly T[],
  of: DirectoryHolder,
  { requests }: Escalation,
  { subject, account }: { readonly subject: Subject; readonly account: Account },
): readonly EqualTargets<T>[] {
  const shape = SHAPES[of];
  if (shape === null || givers.some(({ missing }) => missing !== undefined))
    return givers.map((one) => [one] as const);
  const actions = requests.filter(({ on }) => on === requests[0]?.on).map(({ action }) => action);
  return equalTargets(givers, { ...shape, actions }, subject, account).flatMap(ofOneParent);
}

/**
 * Splits classes by the instance of Identity Center in the ARN: requests on a permission set are also on that
 * instance.
 */
function ofOneParent<T extends Target>(kind: EqualTargets<T>): readonly EqualTargets<T>[] {
  const parentOf = ({ arn }: T): string => arn.slice(0, arn.lastIndexOf('/'));
  const parent = parentOf(kind[0]);
  if (kind.every((one) => parentOf(one) === parent)) return [kind];
  return [...Map.groupBy(kind, parentOf).values()] as unknown as readonly EqualTargets<T>[];
}
