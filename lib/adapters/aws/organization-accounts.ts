import { type Account, type OrganizationsClient, paginateListAccounts } from '@aws-sdk/client-organizations';
import type { OrganizationAccount, OrganizationAccounts } from '../../ports/organization-accounts.ts';
import { allPages } from './operation.ts';
import { holdingsBelow } from './organization-tree.ts';
import { there } from './whole-answer.ts';

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
      return pages.flatMap((page) => there(page.Accounts, 'Accounts').map(accountOf));
    },
    under: (parent) => under(client, parent),
  };
}

async function under(client: OrganizationsClient, parent: string): Promise<readonly OrganizationAccount[]> {
  const all: OrganizationAccount[] = [];
  for await (const { accounts } of holdingsBelow(client, parent)) all.push(...accounts.map(accountOf));
  return all;
}

/** `State` came in 2025 and takes the place of `Status`, which knows fewer. */
const accountOf = ({ Id, Name, State, Status }: Account): OrganizationAccount => ({
  ...{ accountId: there(Id, 'Id'), name: Name ?? '' },
  state: State ?? Status ?? 'ACTIVE',
});
