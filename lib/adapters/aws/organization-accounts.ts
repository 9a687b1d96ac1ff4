import { type Account, type OrganizationsClient, paginateListAccounts } from '@aws-sdk/client-organizations';
import type { OrganizationAccount, OrganizationAccounts } from '../../ports/organization-accounts.ts';
import { allPages } from './operation.ts';
import { holdingsBelow } from './organization-tree.ts';
import { there } from './whole-answer.ts';

/**
 * The accounts of the organisation, listed by its management account or a delegated administrator. Throws the error of
 * Organizations if it refuses, and on a page without its list: a scan of only some accounts would look like a scan of
 * all. https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
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

/** `State` was added in 2025 and replaces `Status`, which has fewer values. */
const accountOf = ({ Id, Name, State, Status }: Account): OrganizationAccount => ({
  ...{ accountId: there(Id, 'Id'), name: Name ?? '' },
  state: State ?? Status ?? 'ACTIVE',
});
