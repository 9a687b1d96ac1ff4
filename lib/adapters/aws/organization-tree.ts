import {
  type Account,
  type OrganizationalUnit,
  type OrganizationsClient,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
} from '@aws-sdk/client-organizations';
import { MOST_LEVELS } from '../../ports/organization-guardrails.ts';
import { allPages } from './operation.ts';
import { there } from './whole-answer.ts';

/** The direct content of a root or a unit. */
export interface UnitContent {
  readonly parentId: string;
  readonly accounts: readonly Account[];
  readonly units: readonly OrganizationalUnit[];
}

/**
 * A root or unit and all units below it, parents first. Throws the error of Organizations if it refuses, and on a page
 * without its list. https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html
 */
export async function* holdingsBelow(
  client: OrganizationsClient,
  parentId: string,
  levels = MOST_LEVELS,
): AsyncGenerator<UnitContent> {
  const asked = { ParentId: parentId };
  const pages = await allPages(paginateListAccountsForParent({ client }, asked));
  const accounts = pages.flatMap((page) => there(page.Accounts, 'Accounts'));
  const below =
    levels === 0 ? [] : await allPages(paginateListOrganizationalUnitsForParent({ client }, asked));
  const units = below.flatMap((page) => there(page.OrganizationalUnits, 'OrganizationalUnits'));
  yield { parentId, accounts, units };
  for (const { Id } of units) yield* holdingsBelow(client, there(Id, 'Id'), levels - 1);
}
