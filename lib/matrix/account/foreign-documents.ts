import { NEW_NAME } from '../paths/placeholder-ids.ts';
import type { Account } from './account.ts';
import { namedArns } from './named-arns.ts';
import { SSM_DOCUMENT } from './new-resources.ts';

/**
 * Documents that anybody may create in another account and share with this one, and those of other accounts that
 * policies name.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-ssm-sharing.html
 */
export function foreignDocuments(account: Account, region: string): readonly string[] {
  const named = namedArns(account, SSM_DOCUMENT, region, 'other');
  const any = `arn:${account.snapshot.partition}:ssm:${region}:000000000000:document/${NEW_NAME}`;
  return [...new Set([any, ...named])];
}
