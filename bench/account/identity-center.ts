import {
  canonicalIdentityCenter,
  type IdentityCenter,
  PROVISIONED_CALL,
} from '../../lib/snapshot/identity-center.ts';
import { permissionSetOf } from '../../lib/snapshot/permission-set.ts';
import type { CoverageEntry, Role } from '../../lib/snapshot/snapshot.ts';
import type { Random } from '../random.ts';

const STORE = 'd-9067a1b2c3';
const INSTANCE = 'ssoins-7223a1b2c3d4e5f6';

/** As for most accounts, the delegated administrator of the organisation read the data. */
export const readCentrally = (at: string): CoverageEntry => ({
  ...{ call: PROVISIONED_CALL, region: null, status: 'collected', detail: '', items: null },
  ...{ askedAt: at, readAt: at, readBy: '999977776666' },
});

/** A group for each permission set of the account, with people who are in several; undefined if it has no such role. */
export function identityCenterOf(roles: readonly Role[], random: Random): IdentityCenter | undefined {
  const names = [...new Set(roles.flatMap(({ arn }) => permissionSetOf(arn) ?? []))].sort();
  if (names.length === 0) return undefined;
  const id = (): string => `${random.hex(8)}-1001-7000-8000-${random.hex(12)}`;
  const people = Array.from({ length: 5 * names.length }, (_, n) => ({
    ...{ id: id(), name: `person.${n}@example.com` },
  }));
  const groups = names.map((name, n) => ({
    ...{ id: id(), name: `aws-${name.toLowerCase()}` },
    members: people.slice(n, n + 9).map((one) => one.id),
  }));
  const permissionSets = names.map((name, n) => ({
    ...{ arn: `arn:aws:sso:::permissionSet/${INSTANCE}/ps-${random.hex(16)}`, name },
    ...{ groups: [groups[n]?.id ?? ''], people: n === 0 ? [people.at(-1)?.id ?? ''] : [] },
  }));
  const members = new Set([
    ...groups.flatMap((group) => group.members),
    ...permissionSets.flatMap((set) => set.people),
  ]);
  return canonicalIdentityCenter({
    instance: { arn: `arn:aws:sso:::instance/${INSTANCE}`, storeId: STORE },
    permissionSets,
    groups,
    people: people.filter((one) => members.has(one.id)),
  });
}

/** The same as files of an input folder. */
export function* identityCenterAnswers(
  center: IdentityCenter,
  accountId: string,
): Generator<readonly [file: string, answer: Readonly<Record<string, unknown>>]> {
  const instance = `arn:aws:sso:::instance/${INSTANCE}`;
  yield ['sso-admin.list-instances', { Instances: [{ InstanceArn: instance, IdentityStoreId: STORE }] }];
  yield [
    `sso-admin.list-permission-sets-provisioned-to-account.${accountId}.${encodeURIComponent(instance)}`,
    { PermissionSets: center.permissionSets.map(({ arn }) => arn) },
  ];
  for (const { arn, name, groups, people } of center.permissionSets) {
    const file = encodeURIComponent(arn);
    const held = (type: string, ids: readonly string[] | null) =>
      (ids ?? []).map((id) => ({ PermissionSetArn: arn, PrincipalType: type, PrincipalId: id }));
    yield [
      `sso-admin.describe-permission-set.${file}`,
      { PermissionSet: { PermissionSetArn: arn, Name: name } },
    ];
    yield [
      `sso-admin.list-account-assignments.${accountId}.${file}`,
      { AccountAssignments: [...held('GROUP', groups), ...held('USER', people)] },
    ];
  }
  yield [
    `identitystore.list-groups.${STORE}`,
    { Groups: center.groups.map(({ id, name }) => ({ GroupId: id, DisplayName: name })) },
  ];
  yield [
    `identitystore.list-users.${STORE}`,
    { Users: center.people.map(({ id, name }) => ({ UserId: id, UserName: name })) },
  ];
  for (const { id, members } of center.groups)
    yield [
      `identitystore.list-group-memberships.${STORE}.${id}`,
      { GroupMemberships: (members ?? []).map((UserId) => ({ GroupId: id, MemberId: { UserId } })) },
    ];
}
