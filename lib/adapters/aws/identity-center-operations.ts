import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import {
  type IdentitystoreClient,
  paginateListGroupMemberships,
  paginateListGroups,
  paginateListUsers,
} from '@aws-sdk/client-identitystore';
import { paginateListDelegatedAdministrators } from '@aws-sdk/client-organizations';
import {
  DescribePermissionSetCommand,
  type InstanceMetadata,
  paginateListAccountAssignments,
  paginateListInstances,
  paginateListPermissionSetsProvisionedToAccount,
  type SSOAdminClient,
} from '@aws-sdk/client-sso-admin';
import { gapOf } from './call-error.ts';
import type { Clients } from './clients.ts';
import { allPages, type Operation, PAGE, type Pages, pagesOf } from './operation.ts';
import { there } from './whole-answer.ts';

/** The home region of IAM Identity Center, and its instance. */
interface Home {
  readonly region: string;
  readonly instances: readonly InstanceMetadata[];
}

const homes = new WeakMap<Clients, Promise<Home>>();

const homeOf = (clients: Clients): Promise<Home> => {
  const known = homes.get(clients);
  if (known !== undefined) return known;
  const found = findHome(clients);
  homes.set(clients, found);
  // a failed search is repeated
  found.catch(() => homes.delete(clients));
  return found;
};

/**
 * An instance is visible only in its own region, so the regions are tried one after another, the caller's first. A
 * region that a guardrail closes, or that does not have the service, does not matter for the others.
 * https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html
 */
async function findHome(clients: Clients): Promise<Home> {
  const own = await clients.sts.config.region();
  let closed: unknown = null;
  for await (const region of regionsFrom(clients, own)) {
    try {
      const client = clients.ssoAdmin(region);
      const pages = await allPages(paginateListInstances({ client, pageSize: PAGE }, {}));
      const instances = pages.flatMap(({ Instances }) => there(Instances, 'Instances'));
      const [first] = instances;
      if (first !== undefined) return { region: first.PrimaryRegion ?? region, instances };
    } catch (error) {
      const { reason } = gapOf(error, 'sso:ListInstances');
      if (reason !== 'guardrail' && reason !== 'unsupported') throw error;
      closed ??= error;
    }
  }
  if (closed !== null) throw closed;
  return { region: own, instances: [] };
}

/** The caller's region first; only that one if the regions cannot be listed. */
async function* regionsFrom({ ec2 }: Clients, own: string): AsyncGenerator<string> {
  yield own;
  const listed = await ec2(own)
    .send(new DescribeRegionsCommand({}))
    .catch(() => null);
  for (const name of (listed?.Regions ?? []).flatMap(({ RegionName }) => RegionName ?? []).sort())
    if (name !== own) yield name;
}

const inHome =
  <Client>(clientOf: (clients: Clients) => (region: string) => Client) =>
  (ask: (client: Client, ids: readonly string[]) => Pages): Operation =>
    async function* (clients, { argument = '' }) {
      const { region } = await homeOf(clients);
      const dot = argument.indexOf('.');
      const ids = dot < 0 ? [argument] : [argument.slice(0, dot), argument.slice(dot + 1)];
      yield* pagesOf(ask(clientOf(clients)(region), ids));
    };

const ssoAdmin = inHome<SSOAdminClient>((clients) => clients.ssoAdmin);
const identityStore = inHome<IdentitystoreClient>((clients) => clients.identityStore);

/** The ARN of a permission set contains the id of its instance. */
const instanceOf = (permissionSet: string): string =>
  permissionSet.replace(/:permissionSet\/([^/]+)\/.*$/, ':instance/$1');

/** Only ids and names of people and groups are kept: the directory also has their addresses. */
async function* only<Page extends object>(
  pages: AsyncIterable<Page>,
  list: keyof Page & string,
  members: readonly string[],
): AsyncGenerator<object> {
  for await (const page of pages) {
    const items = page[list] as readonly Readonly<Record<string, unknown>>[] | undefined;
    yield { [list]: items?.map((item) => Object.fromEntries(members.map((name) => [name, item[name]]))) };
  }
}

/** The calls about the holders of an account's permission sets. */
export const IDENTITY_CENTER_OPERATIONS: Readonly<Record<string, Operation>> = {
  'sso-admin.list-instances': async (clients) => ({ Instances: (await homeOf(clients)).instances }),
  'sso-admin.list-permission-sets-provisioned-to-account': ssoAdmin((client, [AccountId, InstanceArn]) =>
    paginateListPermissionSetsProvisionedToAccount({ client, pageSize: PAGE }, { AccountId, InstanceArn }),
  ),
  'sso-admin.describe-permission-set': ssoAdmin((client, [PermissionSetArn = '']) =>
    client.send(
      new DescribePermissionSetCommand({ InstanceArn: instanceOf(PermissionSetArn), PermissionSetArn }),
    ),
  ),
  'sso-admin.list-account-assignments': ssoAdmin((client, [AccountId, PermissionSetArn = '']) =>
    paginateListAccountAssignments(
      { client, pageSize: PAGE },
      { AccountId, PermissionSetArn, InstanceArn: instanceOf(PermissionSetArn) },
    ),
  ),
  'organizations.list-delegated-administrators': ({ organizations: client }) =>
    paginateListDelegatedAdministrators({ client }, { ServicePrincipal: 'sso.amazonaws.com' }),
  'identitystore.list-groups': identityStore((client, [IdentityStoreId]) =>
    only(paginateListGroups({ client, pageSize: PAGE }, { IdentityStoreId }), 'Groups', [
      'GroupId',
      'DisplayName',
    ]),
  ),
  'identitystore.list-users': identityStore((client, [IdentityStoreId]) =>
    only(paginateListUsers({ client, pageSize: PAGE }, { IdentityStoreId }), 'Users', ['UserId', 'UserName']),
  ),
  'identitystore.list-group-memberships': identityStore((client, [IdentityStoreId, GroupId]) =>
    only(
      paginateListGroupMemberships({ client, pageSize: PAGE }, { IdentityStoreId, GroupId }),
      'GroupMemberships',
      ['MemberId'],
    ),
  ),
};
