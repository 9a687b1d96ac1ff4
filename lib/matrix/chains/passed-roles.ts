import type { Role } from '../../snapshot/snapshot.ts';
import type { Account } from '../account/account.ts';
import { missingTrust } from '../account/not-collected.ts';
import type { Escalation } from '../paths/escalation.ts';
import { passedTo } from '../paths/escalations.ts';

/** The missing call, if it is not known whether the service may assume the role that it is passed. */
export function missingToPass(row: Escalation, role: Role | null, account: Account): string | null {
  return role && passedTo(row) !== null ? missingTrust(role, account.policies) : null;
}
