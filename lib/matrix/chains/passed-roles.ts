import type { Role } from '../../snapshot/snapshot.ts';
import type { Account } from '../account/account.ts';
import { missingTrust } from '../account/not-collected.ts';
import { type Escalation, passedTo } from '../paths/escalations.ts';

/** The call that would say whether the service to which a role is passed may take it. */
export function missingToPass(row: Escalation, role: Role | null, account: Account): string | null {
  return role && passedTo(row) !== null ? missingTrust(role, account.policies) : null;
}
