import {
  type OrganizationsClient,
  type PolicyType,
  paginateListPolicies,
  paginateListRoots,
  paginateListTargetsForPolicy,
} from '@aws-sdk/client-organizations';
import type {
  Attached,
  GuardrailPolicy,
  OrganizationGuardrails,
} from '../../ports/organization-guardrails.ts';
import { contentOf, describeOrganization, refusedOrNone } from './effective-policies.ts';
import { allPages } from './operation.ts';
import { holdingsBelow } from './organization-tree.ts';
import { there } from './whole-answer.ts';

/**
 * The guardrails of the whole organisation in a few calls for each 20 accounts: its tree, and the targets of each
 * policy, which takes far fewer calls than to request the policies above each account. Null: this account is in no
 * organisation. Throws the error of Organizations if it refuses.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListTargetsForPolicy.html
 */
export async function organizationGuardrails(
  client: OrganizationsClient,
  { readBy, readAt }: { readonly readBy: string; readonly readAt: string },
): Promise<OrganizationGuardrails | null> {
  const organization = await describeOrganization(client);
  if (organization === null) return null;
  const roots = (await allPages(paginateListRoots({ client }, {}))).flatMap((page) =>
    there(page.Roots, 'Roots'),
  );
  const root = there(roots[0], 'Roots');
  const tree = await readTree(client, there(root.Id, 'Id'));
  const scps = await readKind(client, 'SERVICE_CONTROL_POLICY');
  const rcps = await readKind(client, 'RESOURCE_CONTROL_POLICY').catch((error) => {
    const { gap } = refusedOrNone(error);
    return { policies: [], attached: gap === null ? {} : null, gap };
  });
  return {
    schemaVersion: 1,
    ...{ readAt, readBy },
    organizationId: there(organization.id, 'Id'),
    managementAccountId: organization.managementAccountId,
    policyTypes: root.PolicyTypes ?? null,
    parents: tree.parents,
    names: { ...tree.names, ...(root.Name !== undefined && { [there(root.Id, 'Id')]: root.Name }) },
    policies: [...scps.policies, ...rcps.policies],
    serviceControlPolicies: scps.attached,
    resourceControlPolicies: rcps.attached,
    resourceControlPoliciesGap: rcps.gap,
  };
}

interface Tree {
  readonly parents: Record<string, string>;
  readonly names: Record<string, string>;
}

async function readTree(client: OrganizationsClient, root: string): Promise<Tree> {
  const tree: Tree = { parents: {}, names: {} };
  for await (const { parentId, accounts, units } of holdingsBelow(client, root)) {
    for (const { Id, Name } of [...accounts, ...units]) {
      const id = there(Id, 'Id');
      tree.parents[id] = parentId;
      if (Name !== undefined) tree.names[id] = Name;
    }
  }
  return tree;
}

interface Kind {
  readonly policies: readonly GuardrailPolicy[];
  readonly attached: Attached | null;
  readonly gap: string | null;
}

async function readKind(
  client: OrganizationsClient,
  Filter: PolicyType,
): Promise<Kind & { readonly attached: Attached }> {
  const policies: GuardrailPolicy[] = [];
  const attached: Record<string, string[]> = {};
  const pages = await allPages(paginateListPolicies({ client }, { Filter }));
  for (const { Id, Name = '' } of pages.flatMap((page) => there(page.Policies, 'Policies'))) {
    const PolicyId = there(Id, 'Id');
    const targets = await allPages(paginateListTargetsForPolicy({ client }, { PolicyId }));
    const ids = targets.flatMap((page) =>
      there(page.Targets, 'Targets').map((one) => there(one.TargetId, 'TargetId')),
    );
    if (ids.length === 0) continue;
    policies.push({ Id: PolicyId, Name, Content: await contentOf(client, PolicyId) });
    for (const id of ids) attached[id] = [...(attached[id] ?? []), PolicyId];
  }
  return { policies, attached, gap: null };
}
