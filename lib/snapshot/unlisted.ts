import type { PolicyRecord } from './snapshot.ts';

/*
 * AWS always returns the lists of what a user, group or role has, even if they are empty. If a list is missing or
 * cannot be read, a policy without a document stands for its items. It also stands for what tags would decide, and for
 * a boundary, if they cannot be read.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */

/** The IAM operation that returns each member by itself, by the member's name in the account's answer. */
const OPERATIONS = {
  GroupList: 'list-groups-for-user',
  AttachedManagedPolicies: 'list-attached-<owner>-policies',
  UserPolicyList: 'list-user-policies',
  RolePolicyList: 'list-role-policies',
  GroupPolicyList: 'list-group-policies',
  Tags: 'list-<owner>-tags',
  PermissionsBoundary: 'get-<owner>',
} as const;

export type HeldMember = keyof typeof OPERATIONS;

/** No policy name contains a question mark. */
const MARK = '#?';

/** Stands for this owner's member that is missing or cannot be read. */
export function unlistedPolicy(owner: string, held: HeldMember): PolicyRecord {
  return { id: `${owner}${MARK}${held}`, name: held, kind: 'inline', document: null, problems: [] };
}

/** True if the id of a policy stands for such a member. */
export const isUnlisted = (id: string): boolean => id.includes(MARK);

/** The call that returns the member; `word`: `user`, `group` or `role`. */
export function callForList(id: string, word: string): string {
  const [owner, held] = id.split(MARK);
  return `iam ${OPERATIONS[held as HeldMember].replace('<owner>', word)} of ${owner}`;
}
