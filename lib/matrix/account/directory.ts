import { statementsFor } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { allowedPrincipals } from '../../policy/allowed-principals.ts';
import { ASSIGNMENTS_CALL, type PermissionSet, PROVISIONED_CALL } from '../../snapshot/identity-center.ts';
import { permissionSetOf } from '../../snapshot/permission-set.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { DirectoryHolder } from '../paths/escalation.ts';
import { UUID } from '../paths/placeholder-ids.ts';
import type { Account } from './account.ts';
import { isOfAws } from './own-denies.ts';
import type { Target } from './target.ts';

/** A resource through which people get roles of the account: a permission set, a group or a provider. */
export interface RoleGiver extends Target {
  /** ARNs of the roles that it gives. If it was not read, all that it may give */
  readonly roles: readonly string[];
}

/** Stands for a permission set or group whose ARN was not read: an ARN that no policy is likely to name. */
const ANY_SET = 'permissionSet/ssoins-0000000000000000/ps-0000000000000000';
const ANY_GROUP = `group/${UUID}`;

const known = new WeakMap<Account, Map<DirectoryHolder, readonly RoleGiver[]>>();

/**
 * The resources that give people roles of the account and can be edited from it. One that was not read has
 * `missing`.
 */
export function roleGivers(account: Account, of: DirectoryHolder): readonly RoleGiver[] {
  const byKind = remembered(known, account, () => new Map<DirectoryHolder, readonly RoleGiver[]>());
  return remembered(byKind, of, () => GIVERS[of](account));
}

const GIVERS: Readonly<Record<DirectoryHolder, (account: Account) => readonly RoleGiver[]>> = {
  permissionSets: (account) => ofCenter(account, setsIn(account.snapshot), ANY_SET),
  directoryGroups: (account) => ofCenter(account, groupsIn(account.snapshot), ANY_GROUP),
  samlProviders: samlProviders,
};

/**
 * The permission sets that were read, if the account manages Identity Center; else a placeholder with every role of
 * a permission set.
 */
function ofCenter(
  { snapshot }: Account,
  read: readonly RoleGiver[],
  placeholder: string,
): readonly RoleGiver[] {
  const manages = managesIdentityCenter(snapshot);
  if (manages === false) return [];
  const service = placeholder.startsWith('group/') ? 'identitystore' : 'sso';
  const any = `arn:${snapshot.partition}:${service}:::${placeholder}`;
  const given = new Set(read.filter(({ missing }) => missing === undefined).flatMap(({ roles }) => roles));
  const rest = snapshot.roles.map(({ arn }) => arn).filter((arn) => permissionSetOf(arn) !== null);
  if (manages === null || snapshot.identityCenter === undefined)
    return rest.length === 0
      ? []
      : [{ arn: any, tags: null, roles: rest, missing: callFor(PROVISIONED_CALL) }];
  const unread = read.flatMap(({ missing, roles }) => (missing === undefined ? [] : roles));
  const left = unread.filter((role) => !given.has(role));
  return [
    ...read.filter(({ missing }) => missing === undefined),
    ...(left.length === 0 ? [] : [{ arn: any, tags: null, roles: left, missing: callFor(ASSIGNMENTS_CALL) }]),
  ];
}

const callFor = (call: string): string => call.replace('.', ' ');

/**
 * True if the account can edit permission sets: the management account and one delegated administrator can. Null:
 * not known.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html
 */
function managesIdentityCenter(snapshot: Snapshot): boolean | null {
  const { accountId, organization, identityCenter } = snapshot;
  const management = organization?.managementAccountId ?? null;
  if (management === accountId || identityCenter?.delegated?.includes(accountId)) return true;
  if (management !== null && identityCenter?.delegated) return false;
  return managesByReading(snapshot, management);
}

/** By which account could read its permission sets. */
function managesByReading(
  { accountId, organization, coverage }: Snapshot,
  management: string | null,
): boolean | null {
  const asked = coverage.find(({ call, status }) => call === PROVISIONED_CALL && status === 'collected');
  if (asked) {
    if (asked.readBy === undefined || asked.readBy === accountId) return true;
    // an account that is not the management account answers only as the delegated administrator
    return management !== null && asked.readBy !== management ? false : null;
  }
  // permission sets need an organisation
  return organization !== null && management === null && organization.levels.length === 0 ? false : null;
}

function rolesOf({ name }: PermissionSet, { roles }: Snapshot): readonly string[] {
  return roles.map(({ arn }) => arn).filter((arn) => permissionSetOf(arn) === name);
}

function setsIn(snapshot: Snapshot): readonly RoleGiver[] {
  return (snapshot.identityCenter?.permissionSets ?? []).flatMap((set) => {
    const roles = rolesOf(set, snapshot);
    return roles.length === 0 ? [] : [{ arn: set.arn, tags: null, roles }];
  });
}

/** A set whose assignments were not read may be assigned to any group. */
function groupsIn(snapshot: Snapshot): readonly RoleGiver[] {
  const sets = snapshot.identityCenter?.permissionSets ?? [];
  const groups = new Map<string, string[]>();
  for (const set of sets)
    for (const id of set.groups ?? []) remembered(groups, id, () => []).push(...rolesOf(set, snapshot));
  const arn = (id: string): string => `arn:${snapshot.partition}:identitystore:::group/${id}`;
  const unread = sets.filter((set) => set.groups === null).flatMap((set) => rolesOf(set, snapshot));
  return [
    ...[...groups].map(([id, roles]) => ({ arn: arn(id), tags: [], roles })),
    ...(unread.length === 0 ? [] : [{ arn: '', tags: [], roles: unread, missing: ASSIGNMENTS_CALL }]),
  ];
}

const WITH_SAML = 'sts:assumerolewithsaml';

/**
 * The SAML providers of the account, each with the roles whose trust policies name it. Identity Center's own
 * provider cannot be edited.
 */
function samlProviders({ snapshot, policies }: Account): readonly RoleGiver[] {
  const own = `arn:${snapshot.partition}:iam::${snapshot.accountId}:saml-provider/`;
  return snapshot.roles
    .filter((role) => !isOfAws(role))
    .flatMap((role) => {
      const trust = policies.get(role.trust);
      const named = allowedPrincipals(trust ? statementsFor(trust, WITH_SAML) : []).flatMap(
        ({ federated }) => federated,
      );
      return [...new Set(named)]
        .filter((arn) => arn.startsWith(own))
        .map((arn) => ({ arn, tags: null, roles: [role.arn] }));
    });
}
