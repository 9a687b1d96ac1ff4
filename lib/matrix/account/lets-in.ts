import { servicePrincipalNames } from '../../reference/service-principals.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account } from './account.ts';

/** Does the role's trust policy name that service, under any of its names? One that nobody has may. */
export function letsIn(role: Role, service: string, account: Account): boolean {
  const trust = account.policies.get(role.trust);
  const names = servicePrincipalNames(service, account.snapshot.partition);
  return (
    trust?.document.statements.some(
      ({ effect, principals }) =>
        effect === 'Allow' &&
        principals !== null &&
        !principals.not &&
        (principals.any || names.some((name) => principals.service.includes(name))),
    ) ?? false
  );
}
