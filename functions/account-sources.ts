import { type AwsSourceOptions, awsSource } from '../lib/adapters/aws/account-source.ts';
import { clientsFor } from '../lib/adapters/aws/clients.ts';
import { guardrailsAsked } from '../lib/adapters/aws/guardrails-asked.ts';
import { identityCenterAsked } from '../lib/adapters/aws/identity-center-asked.ts';
import { memberCredentials } from '../lib/adapters/aws/member-account.ts';
import { organizationsClient } from '../lib/adapters/aws/organizations-client.ts';
import { NO_MEMBER_ROLE } from '../lib/pipeline/account-failure.ts';
import { type CentralGuardrails, withCentralGuardrails } from '../lib/pipeline/central-guardrails.ts';
import {
  type CentralIdentityCenter,
  withCentralIdentityCenter,
} from '../lib/pipeline/central-identity-center.ts';
import { namedRegions } from '../lib/pipeline/named-regions.ts';
import type { AccountSource } from '../lib/ports/account-source.ts';

export interface SourceSettings {
  readonly AWS_REGION: string;
  readonly ACCOUNT_ID: string;
  readonly PARTITION: string;
  readonly REGIONS: readonly string[];
  readonly MEMBER_ROLE_NAME: string;
  readonly EXTERNAL_ID: string;
}

/**
 * Where each account is read from: the home account with the function's role, others with the member role.
 * Sources are cached, so that a warm function keeps its connections. Throws for a name that is not a region,
 * and for another account if no role is set. `stored`: the guardrails that were read for all accounts; null:
 * read from each account itself, or from this one if that is refused. `shared`: where the data of Identity
 * Center for all accounts is stored for a run.
 */
export function accountSources(
  settings: SourceSettings,
): (
  accountId: string,
  stored?: CentralGuardrails['stored'],
  shared?: CentralIdentityCenter['shared'],
) => AccountSource {
  const ask = guardrailsAsked(organizationsClient(settings.AWS_REGION), settings.ACCOUNT_ID);
  const sources = new Map<string, AccountSource>();
  const named = namedRegions(settings.REGIONS);
  const where = { region: settings.AWS_REGION, ...(named.length > 0 && { regions: named }) };
  const askCenter = identityCenterAsked(clientsFor(where));
  return (accountId, stored = async () => null, shared = null) => {
    const source = sources.get(accountId) ?? open(settings, where, accountId);
    sources.set(accountId, source);
    const own = withCentralGuardrails(source, accountId, { stored, ask });
    if (accountId === settings.ACCOUNT_ID) return own;
    return withCentralIdentityCenter(own, { ask: askCenter, readBy: settings.ACCOUNT_ID, shared });
  };
}

function open(
  settings: SourceSettings,
  where: Pick<AwsSourceOptions, 'region' | 'regions'>,
  accountId: string,
): AccountSource {
  if (accountId === settings.ACCOUNT_ID) return awsSource(where);
  if (settings.MEMBER_ROLE_NAME === '') {
    const message = `account \`${accountId}\` is not this one: deploy with the parameter \`MemberRoleName\``;
    throw Object.assign(new Error(message), { name: NO_MEMBER_ROLE });
  }
  return awsSource({
    ...where,
    credentials: memberCredentials({
      partition: settings.PARTITION,
      accountId,
      roleName: settings.MEMBER_ROLE_NAME,
      externalId: settings.EXTERNAL_ID,
      region: where.region,
    }),
  });
}
