import type { AccountSource, EachPage, SourceAnswer, SourceCall } from '../ports/account-source.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { type Attached, MOST_LEVELS, type OrganizationGuardrails } from '../ports/organization-guardrails.ts';
import { jsonIn } from '../snapshot/json-in.ts';

const guardrailsKey = (run: string): string => `plans/${run}/guardrails.json`;

/** Stores the guardrails of an organisation for all accounts of a run. */
export const writeGuardrails = (
  store: ObjectStore,
  run: string,
  guardrails: OrganizationGuardrails,
): Promise<unknown> =>
  store.create(guardrailsKey(run), `${JSON.stringify(guardrails)}\n`, 'application/json');

/** Null: none were read for this run, or they are damaged: each account then reads its own. */
export async function readGuardrails(
  store: ObjectStore,
  run: string,
): Promise<OrganizationGuardrails | null> {
  const there = await store.get(guardrailsKey(run));
  const value = there === null ? null : (jsonIn(there.body) as OrganizationGuardrails | null);
  const isWhole = Array.isArray(value?.policies) && value.parents && value.serviceControlPolicies;
  return value?.schemaVersion === 1 && isWhole ? value : null;
}

/**
 * The guardrails above one account, in the form of `organizations.effective-policies`. Null: the account
 * joined later and is not in the tree.
 */
export function guardrailsAnswer(central: OrganizationGuardrails, accountId: string): object | null {
  const levels = [accountId];
  for (let level = accountId; !level.startsWith('r-'); levels.unshift(level)) {
    const parent = central.parents[level];
    if (parent === undefined || levels.length > MOST_LEVELS) return null;
    level = parent;
  }
  const documents = new Map(central.policies.map((policy) => [policy.Id, policy]));
  const at = (attached: Attached, level: string) =>
    (attached[level] ?? []).map((id) => documents.get(id) ?? { Id: id });
  const {
    serviceControlPolicies,
    resourceControlPolicies,
    resourceControlPoliciesGap: gap,
    policyTypes,
  } = central;
  return {
    OrganizationId: central.organizationId,
    ManagementAccountId: central.managementAccountId,
    ...(policyTypes !== null && { PolicyTypes: policyTypes }),
    Targets: levels.map((TargetId) => ({
      TargetId,
      ...(central.names[TargetId] !== undefined && { Name: central.names[TargetId] }),
      ServiceControlPolicies: at(serviceControlPolicies, TargetId),
      ...(resourceControlPolicies !== null && {
        ResourceControlPolicies: at(resourceControlPolicies, TargetId),
      }),
    })),
    ...(gap !== null && { ResourceControlPoliciesGap: gap }),
    ...{ ReadBy: central.readBy, ReadAt: central.readAt },
  };
}

/** Sources of guardrails besides the account itself. */
export interface CentralGuardrails {
  /** what was read for all accounts; null: nothing */
  readonly stored: () => Promise<OrganizationGuardrails | null>;
  /** reads those of one account from another account that may */
  readonly ask: (accountId: string) => Promise<SourceAnswer>;
}

/**
 * A source with fallbacks for guardrails: first those that were read for all accounts, then the account's own
 * answer, and if it may not read them, the answer of the home account.
 */
export function withCentralGuardrails(
  source: AccountSource,
  accountId: string,
  central: CentralGuardrails,
): AccountSource {
  const read = async (call: SourceCall, eachPage?: EachPage): Promise<SourceAnswer> => {
    if (call.service !== 'organizations' || call.operation !== 'effective-policies')
      return source.read(call, eachPage);
    const stored = await central.stored();
    const data = stored === null ? null : guardrailsAnswer(stored, accountId);
    if (data !== null) return { status: 'collected', data, duplicateKeys: [] };
    const own = await source.read(call, eachPage);
    if (own.status === 'collected') return own;
    const answered = await central.ask(accountId);
    return answered.status === 'collected' ? answered : own;
  };
  return { ...source, read };
}
