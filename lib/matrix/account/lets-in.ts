import type { PrincipalElement } from '../../policy/principal.ts';
import type { Statement } from '../../policy/statement.ts';
import { servicePrincipalNames } from '../../reference/service-principals.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account } from './account.ts';

/** The principals that the Allows of a trust policy name. */
export function allowedBy(
  statements: readonly Pick<Statement, 'effect' | 'principals'>[],
): readonly PrincipalElement[] {
  return statements.flatMap(({ effect, principals }) =>
    effect === 'Allow' && principals && !principals.not ? [principals] : [],
  );
}

/** True if the role's trust policy names that service, under any of its names, or was not collected. */
export function letsIn(role: Role, service: string, account: Account): boolean {
  const trust = account.policies.get(role.trust);
  const names = servicePrincipalNames(service, account.snapshot.partition);
  return allowedBy(trust?.document.statements ?? []).some(
    (principals) => principals.any || names.some((name) => principals.service.includes(name)),
  );
}
