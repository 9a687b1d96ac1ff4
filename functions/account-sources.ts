import { awsSource } from '../lib/adapters/aws/account-source.ts';
import { memberCredentials } from '../lib/adapters/aws/member-account.ts';
import type { AccountSource } from '../lib/ports/account-source.ts';

export interface SourceSettings {
  readonly AWS_REGION: string;
  readonly ACCOUNT_ID: string;
  readonly PARTITION: string;
  readonly MEMBER_ROLE_NAME: string;
  readonly EXTERNAL_ID: string;
}

/**
 * Where each account is read from: the own one with the function's role, another with the member role assumed in it.
 * Sources are kept, so that a warm function keeps its connections. Throws for another account when no role is named.
 */
export function accountSources(settings: SourceSettings): (accountId: string) => AccountSource {
  const sources = new Map<string, AccountSource>();
  return (accountId) => {
    const source = sources.get(accountId) ?? open(settings, accountId);
    sources.set(accountId, source);
    return source;
  };
}

function open(settings: SourceSettings, accountId: string): AccountSource {
  const region = settings.AWS_REGION;
  if (accountId === settings.ACCOUNT_ID) return awsSource({ region });
  if (settings.MEMBER_ROLE_NAME === '') {
    throw new Error(`account \`${accountId}\` is not this one: deploy with the parameter \`MemberRoleName\``);
  }
  return awsSource({
    region,
    credentials: memberCredentials({
      partition: settings.PARTITION,
      accountId,
      roleName: settings.MEMBER_ROLE_NAME,
      externalId: settings.EXTERNAL_ID,
      region,
    }),
  });
}
