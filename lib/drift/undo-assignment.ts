import { awsCommand } from '../policy/shell-word.ts';
import type { CenterInstance, IdentityCenter, PermissionSet } from '../snapshot/identity-center.ts';

/** A permission set in an account, as it was and as it is. */
export interface SetChange {
  readonly accountId: string;
  readonly permissionSet: string;
  readonly was: IdentityCenter;
  readonly is: IdentityCenter;
}

/**
 * The AWS CLI calls that give a permission set the holders that it had; what was given is taken away first. Empty if
 * the instance of IAM Identity Center is not known. https://docs.aws.amazon.com/cli/latest/reference/sso-admin/ and
 * https://docs.aws.amazon.com/cli/latest/reference/identitystore/
 */
export function undoAssignment({ accountId, permissionSet, was, is }: SetChange): readonly string[] {
  const [old, now] = [was, is].map(({ permissionSets }) =>
    permissionSets.find(({ name }) => name === permissionSet),
  );
  if (is.instance === undefined || old === undefined || now === undefined) return [];
  const at = { instance: is.instance, accountId, set: now };
  const kept = (old.groups ?? []).filter((id) => now.groups?.includes(id));
  const lines = [
    ...difference(now.groups, old.groups).map((id) => assignment('delete', at, 'GROUP', id)),
    ...difference(now.people, old.people).map((id) => assignment('delete', at, 'USER', id)),
    ...kept.flatMap((id) => membersOnlyIn(is, was, id).map((one) => leave(at.instance, id, one))),
    ...difference(old.groups, now.groups).map((id) => assignment('create', at, 'GROUP', id)),
    ...difference(old.people, now.people).map((id) => assignment('create', at, 'USER', id)),
    ...kept.flatMap((id) => membersOnlyIn(was, is, id).map((one) => join(at.instance, id, one))),
  ];
  return lines.every((line) => line !== null) ? lines : [];
}

type Ids = readonly string[] | null | undefined;

function difference(all: Ids, without: Ids): readonly string[] {
  const known = new Set(without);
  return (all ?? []).filter((id) => !known.has(id));
}

const membersOnlyIn = (one: IdentityCenter, other: IdentityCenter, group: string): readonly string[] =>
  difference(membersOf(one, group), membersOf(other, group));

const membersOf = ({ groups }: IdentityCenter, group: string): Ids =>
  groups.find(({ id }) => id === group)?.members;

interface At {
  readonly instance: CenterInstance;
  readonly accountId: string;
  readonly set: PermissionSet;
}

const assignment = (
  verb: 'create' | 'delete',
  { instance, accountId, set }: At,
  type: 'GROUP' | 'USER',
  id: string,
): string | null =>
  awsCommand(`sso-admin ${verb}-account-assignment`, {
    ...{ 'instance-arn': instance.arn, 'permission-set-arn': set.arn },
    ...{ 'target-type': 'AWS_ACCOUNT', 'target-id': accountId, 'principal-type': type, 'principal-id': id },
  });

const join = ({ storeId }: CenterInstance, group: string, person: string): string | null =>
  awsCommand('identitystore create-group-membership', {
    ...{ 'identity-store-id': storeId, 'group-id': group, 'member-id': `UserId=${person}` },
  });

/** A membership is deleted by an id of its own, which no list of an audit has. */
function leave({ storeId }: CenterInstance, group: string, person: string): string | null {
  const id = awsCommand('identitystore get-group-membership-id', {
    ...{ 'identity-store-id': storeId, 'group-id': group, 'member-id': `UserId=${person}` },
    ...{ query: 'MembershipId', output: 'text' },
  });
  const call = awsCommand('identitystore delete-group-membership', { 'identity-store-id': storeId });
  return id === null || call === null ? null : `${call} --membership-id "$(${id})"`;
}
