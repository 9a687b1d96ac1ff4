import type { PolicyRecord, Role, Snapshot } from './snapshot.ts';

/**
 * True if there is a document. A JSON object with an invalid statement is malformed, which its statements
 * report.
 */
export function isReadable({ document }: PolicyRecord): boolean {
  return typeof document === 'object' && document !== null && !Array.isArray(document);
}

/** The ids of the policies that have a document. */
export const readableIds = (policies: readonly PolicyRecord[]): ReadonlySet<string> =>
  new Set(policies.filter(isReadable).map(({ id }) => id));

/** Roles whose trust policy was not read. A service-linked role belongs to its service. */
export function rolesOfUnreadTrust(
  { roles }: Pick<Snapshot, 'roles'>,
  readable: ReadonlySet<string>,
): readonly Role[] {
  return roles.filter(({ trust, path }) => !readable.has(trust) && !path.startsWith('/aws-service-role/'));
}
