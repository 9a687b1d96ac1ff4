import type { PolicyRecord, Role, Snapshot } from './snapshot.ts';

/** Is there a document? One that is an object with an invalid statement is malformed, which is for its statements to say. */
export function isReadable({ document }: PolicyRecord): boolean {
  return typeof document === 'object' && document !== null && !Array.isArray(document);
}

/** The ids of the policies that have a document. */
export const readableIds = (policies: readonly PolicyRecord[]): ReadonlySet<string> =>
  new Set(policies.filter(isReadable).map(({ id }) => id));

/** Roles whose trust policy nobody has read. A service-linked role's is the service's own. */
export function rolesOfUnreadTrust(
  { roles }: Pick<Snapshot, 'roles'>,
  readable: ReadonlySet<string>,
): readonly Role[] {
  return roles.filter(({ trust, path }) => !readable.has(trust) && !path.startsWith('/aws-service-role/'));
}
