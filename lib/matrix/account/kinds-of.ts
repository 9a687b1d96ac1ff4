import { remembered } from '../../memory/remembered.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { PrincipalKind } from '../paths/cell.ts';
import type { Account } from './account.ts';
import { missingTrust } from './not-collected.ts';
import { type KindFacts, principalKind } from './principal-kind.ts';

/**
 * The kind of a principal by its ARN. A principal of another account is `outside`; a user or role of the account that
 * is not there any more is none.
 */
export function kindsOf({ snapshot, policies }: Account): (arn: string) => PrincipalKind {
  return kindsIn(snapshot, (role) =>
    missingTrust(role, policies) === null ? (policies.get(role.trust)?.document.statements ?? null) : null,
  );
}

/** The same for a snapshot whose policies are not compiled. */
export function kindsIn(
  { accountId, roles }: Snapshot,
  trust: KindFacts['trust'],
): (arn: string) => PrincipalKind {
  const own = `:iam::${accountId}`;
  const byArn = new Map(roles.map((role) => [role.arn, role]));
  const byName = new Map(roles.map((role) => [role.name, role]));
  const kinds = new Map<string, PrincipalKind>();
  const is = (arn: string): 'user' | 'role' | 'outside' => {
    if (arn.includes(`${own}:user/`)) return 'user';
    return arn.includes(`${own}:role/`) ? 'role' : 'outside';
  };
  return (arn) => {
    return remembered(
      kinds,
      arn,
      () =>
        principalKind(arn, is(arn), {
          role: (one) => byArn.get(one),
          roleNamed: (name) => byName.get(name),
          trust,
        }).kind,
    );
  };
}
