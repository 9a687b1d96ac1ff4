import type { PolicyRecord } from './snapshot.ts';

/*
 * What a user, a group or a role holds is told in lists that AWS always gives, if empty ones. Where one is left out, a
 * policy without a document stands for what it would have named.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */

/** The operation of IAM that prints each list by itself, by the list's name in the account's answer. */
const OPERATIONS = {
  GroupList: 'list-groups-for-user',
  AttachedManagedPolicies: 'list-attached-<owner>-policies',
  RolePolicyList: 'list-role-policies',
  GroupPolicyList: 'list-group-policies',
} as const;

export type HeldList = keyof typeof OPERATIONS;

/** No name of a policy has a question mark. */
const MARK = '#?';

/** Stands for whatever a list of this owner would have named. */
export function unlisted(owner: string, list: HeldList): PolicyRecord {
  return { id: `${owner}${MARK}${list}`, name: list, kind: 'inline', document: null, problems: [] };
}

/** Does the id of a policy stand for a list that was left out? */
export const isUnlisted = (id: string): boolean => id.includes(MARK);

/** The call that would bring the list; `word`: `user`, `group` or `role`. */
export function callForList(id: string, word: string): string {
  const [owner, list] = id.split(MARK);
  return `iam ${OPERATIONS[list as HeldList].replace('<owner>', word)} of ${owner}`;
}
