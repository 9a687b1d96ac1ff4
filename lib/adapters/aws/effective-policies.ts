import {
  DescribeAccountCommand,
  DescribeOrganizationalUnitCommand,
  DescribeOrganizationCommand,
  DescribePolicyCommand,
  type OrganizationsClient,
  type PolicyType,
  paginateListParents,
  paginateListPoliciesForTarget,
  paginateListRoots,
  type Root,
} from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { MOST_LEVELS } from '../../ports/organization-guardrails.ts';
import { nameAndMessage } from './call-error.ts';
import type { Clients } from './clients.ts';
import { NotAnAnswer, there } from './whole-answer.ts';

interface EffectivePolicy {
  readonly Id: string;
  readonly Name: string;
  /** the document as Organizations returns it: JSON text */
  readonly Content: string;
}

/**
 * The guardrails above this account, root first and the account last: `{OrganizationId, ManagementAccountId, Targets}`.
 * Organizations has no single call for this: it takes the parents of the account and the policies of each. Without an
 * organisation: `Targets: []`. If only resource control policies are refused, the levels come without them, and the
 * first refusal is in `ResourceControlPoliciesGap`.
 */
export async function effectivePolicies({
  organizations,
  sts,
}: Pick<Clients, 'organizations' | 'sts'>): Promise<object> {
  return policiesAbove(organizations, async () => {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    return there(Account, 'Account');
  });
}

/** The same for any account of the organisation, as read by an account with permission. */
export async function policiesAbove(
  organizations: OrganizationsClient,
  accountId: () => Promise<string>,
): Promise<object> {
  const organization = await describeOrganization(organizations);
  if (organization === null) return { Targets: [] };
  const read = policyReader(organizations);
  const root = await rootOf(organizations);
  const Targets: object[] = [];
  let refused: string | undefined;
  for (const TargetId of await levelsAbove(organizations, await accountId())) {
    const Name = TargetId === root?.Id ? root?.Name : await nameOf(organizations, TargetId);
    const ServiceControlPolicies = await read(TargetId, 'SERVICE_CONTROL_POLICY');
    const resource = refused === undefined ? await resourcePolicies(read, TargetId) : {};
    refused ??= resource.refused;
    const { ResourceControlPolicies } = resource;
    Targets.push(given({ TargetId, Name, ServiceControlPolicies, ResourceControlPolicies }));
  }
  return given({
    OrganizationId: organization.id,
    ManagementAccountId: organization.managementAccountId,
    PolicyTypes: root?.PolicyTypes,
    Targets,
    ResourceControlPoliciesGap: refused,
  });
}

/** The members that have a value. */
function given(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/**
 * The root shows which kinds of policies are switched on; null if the service refuses, since levels without any policy
 * show it as well. https://docs.aws.amazon.com/organizations/latest/APIReference/API_Root.html
 */
async function rootOf(client: OrganizationsClient): Promise<Root | null> {
  try {
    for await (const page of paginateListRoots({ client }, {}))
      for (const root of page.Roots ?? []) return root;
  } catch {}
  return null;
}

/** The name of a unit or an account. No verdict depends on it: without a name the id is enough. */
async function nameOf(client: OrganizationsClient, id: string): Promise<string | undefined> {
  try {
    if (id.startsWith('ou-')) {
      const command = new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: id });
      return (await client.send(command)).OrganizationalUnit?.Name;
    }
    if (id.startsWith('r-')) return undefined;
    return (await client.send(new DescribeAccountCommand({ AccountId: id }))).Account?.Name;
  } catch {
    return undefined;
  }
}

interface ResourcePolicies {
  readonly ResourceControlPolicies?: object[];
  /** why there are none */
  readonly refused?: string;
}

/**
 * Resource control policies are newer, and not every partition has them: if the service does not know the type, there
 * are none, and any other refusal must not lose the service control policies.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPoliciesForTarget.html
 */
async function resourcePolicies(
  read: ReturnType<typeof policyReader>,
  target: string,
): Promise<ResourcePolicies> {
  try {
    return { ResourceControlPolicies: await read(target, 'RESOURCE_CONTROL_POLICY') };
  } catch (error) {
    const { gap } = refusedOrNone(error);
    return gap === null ? { ResourceControlPolicies: [] } : { refused: gap };
  }
}

/** Why resource control policies could not be read; null: the service does not know the type, so there are none. */
export function refusedOrNone(error: unknown): { readonly gap: string | null } {
  const { Reason } = error as { Reason?: string };
  if (Reason === 'INVALID_ENUM_POLICY_TYPE') return { gap: null };
  const { name, message } = nameAndMessage(error);
  return { gap: `${name}: ${message}` };
}

/** The organisation's id and its management account, or null if there is no organisation. */
export async function describeOrganization(
  client: OrganizationsClient,
): Promise<{ readonly id: string | undefined; readonly managementAccountId: string } | null> {
  try {
    const { Organization } = await client.send(new DescribeOrganizationCommand({}));
    const managementAccountId = there(Organization?.MasterAccountId, 'MasterAccountId');
    return { id: Organization?.Id, managementAccountId };
  } catch (error) {
    if (error instanceof Error && error.name === 'AWSOrganizationsNotInUseException') return null;
    throw error;
  }
}

async function levelsAbove(client: OrganizationsClient, account: string): Promise<string[]> {
  const levels = [account];
  while (levels.length < MOST_LEVELS) {
    const parents: string[] = [];
    for await (const page of paginateListParents({ client }, { ChildId: levels[0] })) {
      parents.push(...there(page.Parents, 'Parents').flatMap(({ Id }) => Id ?? []));
    }
    const parent = there(parents[0], 'Parents');
    levels.unshift(parent);
    if (parent.startsWith('r-')) return levels;
  }
  throw new NotAnAnswer(`there is no root within ${MOST_LEVELS} levels above the account`);
}

/** A document is read once, however many levels have it. A policy type that is switched off has no policies. */
function policyReader(client: OrganizationsClient) {
  const contents = new Map<string, string>();
  return async (TargetId: string, Filter: PolicyType): Promise<EffectivePolicy[]> => {
    const policies: EffectivePolicy[] = [];
    for await (const page of paginateListPoliciesForTarget({ client }, { TargetId, Filter })) {
      for (const { Id, Name = '' } of there(page.Policies, 'Policies')) {
        const id = there(Id, 'Id');
        const Content = contents.get(id) ?? (await contentOf(client, id));
        contents.set(id, Content);
        policies.push({ Id: id, Name, Content });
      }
    }
    return policies;
  };
}

export async function contentOf(client: OrganizationsClient, PolicyId: string): Promise<string> {
  const { Policy } = await client.send(new DescribePolicyCommand({ PolicyId }));
  return there(Policy?.Content, 'Content');
}
