import { listOf, objectOf, orLeftOut, orNull, text } from './shape.ts';
import { sortBy } from './sort-by.ts';

/** A permission set of the account, and its assignments here. */
export interface PermissionSet {
  readonly arn: string;
  readonly name: string;
  /** ids of groups and of people; null: not read */
  readonly groups: readonly string[] | null;
  readonly people: readonly string[] | null;
}

/** A group that a permission set is assigned to. */
export interface DirectoryGroup {
  readonly id: string;
  /** null: not read */
  readonly name: string | null;
  /** ids of people; null: not read */
  readonly members: readonly string[] | null;
}

export interface DirectoryPerson {
  readonly id: string;
  /** their sign-in name */
  readonly name: string;
}

/** The instance of IAM Identity Center that permission sets come from. */
export interface CenterInstance {
  readonly arn: string;
  /** of its directory: `d-...` */
  readonly storeId: string;
  /** the account that it belongs to; left out: not said */
  readonly owner?: string;
}

/** The data of IAM Identity Center about the account. */
export interface IdentityCenter {
  /** left out by earlier versions */
  readonly instance?: CenterInstance;
  /** the accounts that manage it besides the management account; left out: not read */
  readonly delegated?: readonly string[];
  readonly permissionSets: readonly PermissionSet[];
  readonly groups: readonly DirectoryGroup[];
  /** those whose name was read */
  readonly people: readonly DirectoryPerson[];
}

/** The call that lists the permission sets of an account. */
export const PROVISIONED_CALL = 'sso-admin.list-permission-sets-provisioned-to-account';

/** The call that lists the accounts that manage Identity Center besides the management account. */
export const DELEGATED_CALL = 'organizations.list-delegated-administrators';

/** The call that lists the assignments of permission sets. */
export const ASSIGNMENTS_CALL = 'sso-admin.list-account-assignments';

/** The call that lists the members of groups. */
export const MEMBERS_CALL = 'identitystore.list-group-memberships';

const texts = listOf(text);

export const IDENTITY_CENTER_SHAPE = objectOf<IdentityCenter>({
  instance: orLeftOut(objectOf<CenterInstance>({ arn: text, storeId: text, owner: orLeftOut(text) })),
  delegated: orLeftOut(texts),
  permissionSets: listOf(
    objectOf<PermissionSet>({ arn: text, name: text, groups: orNull(texts), people: orNull(texts) }),
  ),
  groups: listOf(objectOf<DirectoryGroup>({ id: text, name: orNull(text), members: orNull(texts) })),
  people: listOf(objectOf<DirectoryPerson>({ id: text, name: text })),
});

const sorted = (ids: readonly string[] | null): readonly string[] | null =>
  ids && sortBy([...new Set(ids)], (id) => id);

const canonicalInstance = ({ arn, storeId, owner }: CenterInstance): CenterInstance => ({
  ...{ arn, storeId },
  ...(owner !== undefined && { owner }),
});

export const canonicalIdentityCenter = ({
  instance,
  delegated,
  ...center
}: IdentityCenter): IdentityCenter => ({
  ...(instance && { instance: canonicalInstance(instance) }),
  ...(delegated && { delegated: sortBy([...new Set(delegated)], (id) => id) }),
  permissionSets: sortBy(
    center.permissionSets.map(({ arn, name, groups, people }) => ({
      ...{ arn, name, groups: sorted(groups), people: sorted(people) },
    })),
    ({ arn }) => arn,
  ),
  groups: sortBy(
    center.groups.map(({ id, name, members }) => ({ id, name, members: sorted(members) })),
    ({ id }) => id,
  ),
  people: sortBy(
    center.people.map(({ id, name }) => ({ id, name })),
    ({ id }) => id,
  ),
});

/** The reading, with missing members of groups and names of people added from another reading. */
export function withMembersOf(center: IdentityCenter, other: IdentityCenter | undefined): IdentityCenter {
  if (other === undefined || other === center) return center;
  const known = new Map(other.groups.map((group) => [group.id, group]));
  const groups = center.groups.map((group) => ({
    ...group,
    members: group.members ?? known.get(group.id)?.members ?? null,
  }));
  const people = new Map([...other.people, ...center.people].map((one) => [one.id, one]));
  const needed = new Set([
    ...groups.flatMap(({ members }) => members ?? []),
    ...center.permissionSets.flatMap((set) => set.people ?? []),
  ]);
  return { ...center, groups, people: [...people.values()].filter(({ id }) => needed.has(id)) };
}
