import type { PolicyRecord } from './snapshot.ts';

/*
 * AWS always returns the lists of what a user, group or role has, even if they are empty. If a list is missing, a
 * policy without a document stands for its items.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */

/** The IAM operation that returns each list by itself, by the list's name in the account's answer. */
const OPERATIONS = {
  GroupList: 'list-groups-for-user',
  AttachedManagedPolicies: 'list-attached-<owner>-policies',
  RolePolicyList: 'list-role-policies',
  GroupPolicyList: 'list-group-policies',
} as const;

export type HeldList = keyof typeof OPERATIONS;

/** No policy name contains a question mark. */
const MARK = '#?';

/** Stands for the items of this owner's missing list. */
export function unlistedPolicy(owner: string, list: HeldList): PolicyRecord {
  return { id: `${owner}${MARK}${list}`, name: list, kind: 'inline', document: null, problems: [] };
}

/** True if the id of a policy stands for a missing list. */
export const isUnlisted = (id: string): boolean => id.includes(MARK);

/** The call that returns the list; `word`: `user`, `group` or `role`. */
export function callForList(id: string, word: string): string {
  const [owner, list] = id.split(MARK);
  return `iam ${OPERATIONS[list as HeldList].replace('<owner>', word)} of ${owner}`;
}
