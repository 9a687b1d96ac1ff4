import {
  type Account,
  type OrganizationsClient,
  paginateListAccounts,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
} from '@aws-sdk/client-organizations';
import type { OrganizationAccount, OrganizationAccounts } from '../../ports/organization-accounts.ts';
import { allPages } from './operation.ts';
import { there } from './whole-answer.ts';

/** No organisation goes deeper than five units below the root. */
const MOST_LEVELS = 10;

/**
 * The accounts of the organisation, as its management account or a delegated administrator may list them. Throws what
 * Organizations answers if it refuses, and at a page without its list: a scan of some accounts alone would look like one
 * of all.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
export function organizationAccounts(client: OrganizationsClient): OrganizationAccounts {
  return {
    all: async () => {
      const pages = await allPages(paginateListAccounts({ client }, {}));
      return pages.flatMap(accountsOn);
    },
    under: (parent) => under(client, parent, MOST_LEVELS),
  };
}

async function under(
  client: OrganizationsClient,
  ParentId: string,
  levels: number,
): Promise<readonly OrganizationAccount[]> {
  const pages = await allPages(paginateListAccountsForParent({ client }, { ParentId }));
  const accounts = pages.flatMap(accountsOn);
  if (levels === 0) return accounts;
  const units = await allPages(paginateListOrganizationalUnitsForParent({ client }, { ParentId }));
  for (const { Id } of units.flatMap((page) => there(page.OrganizationalUnits, 'OrganizationalUnits'))) {
    accounts.push(...(await under(client, there(Id, 'Id'), levels - 1)));
  }
  return accounts;
}

const accountsOn = ({
  Accounts,
}: {
  readonly Accounts?: readonly Account[] | undefined;
}): OrganizationAccount[] => there(Accounts, 'Accounts').map(accountOf);

/** `State` came in 2025 and takes the place of `Status`, which knows fewer. */
const accountOf = ({ Id, Name, State, Status }: Account): OrganizationAccount => ({
  ...{ accountId: there(Id, 'Id'), name: Name ?? '' },
  state: State ?? Status ?? 'ACTIVE',
});
