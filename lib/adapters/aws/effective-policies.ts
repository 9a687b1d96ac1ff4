import {
  DescribeOrganizationCommand,
  DescribePolicyCommand,
  type OrganizationsClient,
  type PolicyType,
  paginateListParents,
  paginateListPoliciesForTarget,
} from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Clients } from './clients.ts';

interface EffectivePolicy {
  readonly Id: string;
  readonly Name: string;
  /** the document as Organizations holds it: JSON text */
  readonly Content: string;
}

/** No organisation goes deeper than five units below the root. */
const MAX_LEVELS = 10;

/**
 * The guardrails above this account, root first and the account last: `{ManagementAccountId, Targets}`.
 * Organizations has no one call for it: it takes the parents of the account and the policies of each.
 * An account in no organisation answers with `Targets: []`.
 */
export async function effectivePolicies({ organizations, sts }: Clients): Promise<object> {
  const organization = await describeOrganization(organizations);
  if (organization === null) return { Targets: [] };
  const { Account: account = '' } = await sts.send(new GetCallerIdentityCommand({}));
  const read = policyReader(organizations);
  const Targets: object[] = [];
  for (const TargetId of await levelsAbove(organizations, account)) {
    Targets.push({
      TargetId,
      ServiceControlPolicies: await read(TargetId, 'SERVICE_CONTROL_POLICY'),
      ResourceControlPolicies: await read(TargetId, 'RESOURCE_CONTROL_POLICY'),
    });
  }
  return { ManagementAccountId: organization, Targets };
}

/** The management account's id, or null where there is no organisation. */
async function describeOrganization(client: OrganizationsClient): Promise<string | null> {
  try {
    const { Organization } = await client.send(new DescribeOrganizationCommand({}));
    return Organization?.MasterAccountId ?? '';
  } catch (error) {
    if (error instanceof Error && error.name === 'AWSOrganizationsNotInUseException') return null;
    throw error;
  }
}

async function levelsAbove(client: OrganizationsClient, account: string): Promise<string[]> {
  const levels = [account];
  while (levels.length < MAX_LEVELS) {
    const parents: string[] = [];
    for await (const page of paginateListParents({ client }, { ChildId: levels[0] })) {
      parents.push(...(page.Parents ?? []).flatMap(({ Id }) => Id ?? []));
    }
    const [parent] = parents;
    if (parent === undefined) break;
    levels.unshift(parent);
    if (parent.startsWith('r-')) break;
  }
  return levels;
}

/** A document is read once, however many levels carry it. A policy type that is switched off has no policies. */
function policyReader(client: OrganizationsClient) {
  const contents = new Map<string, string>();
  return async (TargetId: string, Filter: PolicyType): Promise<EffectivePolicy[]> => {
    const policies: EffectivePolicy[] = [];
    for await (const page of paginateListPoliciesForTarget({ client }, { TargetId, Filter })) {
      for (const { Id = '', Name = '' } of page.Policies ?? []) {
        const Content = contents.get(Id) ?? (await contentOf(client, Id));
        contents.set(Id, Content);
        policies.push({ Id, Name, Content });
      }
    }
    return policies;
  };
}

async function contentOf(client: OrganizationsClient, PolicyId: string): Promise<string> {
  const { Policy } = await client.send(new DescribePolicyCommand({ PolicyId }));
  return Policy?.Content ?? '';
}
