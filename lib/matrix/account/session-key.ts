import { statementsFor } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import type { RegionSnapshot } from '../../snapshot/snapshot.ts';
import { UUID } from '../paths/placeholder-ids.ts';
import type { Account } from './account.ts';
import { decidingPolicies } from './gating-tags.ts';

const GENERATE = 'kms:generatedatakey';

const cache = new WeakMap<RegionSnapshot, readonly string[]>();

/**
 * ARNs of the KMS key in a region's preferences. None if sessions are not encrypted. If the preferences name an
 * alias, its key is not known: then every key that policies name.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-enable-encryption.html
 */
export function sessionKeyArns(region: RegionSnapshot, account: Account): readonly string[] {
  return remembered(cache, region, () => {
    const key = region.sessionPreferences?.kmsKeyId ?? '';
    return key === '' ? [] : keyArns(key, region, account);
  });
}

/** The ARNs of a key that is named by id, ARN or alias. A parameter of a document (`{{ key }}`) is any key, as an alias is. */
export function keyArns(key: string, { region }: RegionSnapshot, account: Account): readonly string[] {
  const { partition, accountId } = account.snapshot;
  const keys = `arn:${partition}:kms:${region}:${accountId}:key/`;
  if (/(^|:)alias\/|\{\{/.test(key)) return [anyKeyArn(region, account), ...namedKeys(account, keys)];
  return [key.startsWith('arn:') ? key : keys + key];
}

/** True if the preferences of a region were not read: they may name any key, or none. */
export function isKeyUnread(region: RegionSnapshot | undefined): boolean {
  return region?.sessionPreferences == null;
}

/** A key that no policy is likely to name. */
export function anyKeyArn(region: string, { snapshot: { partition, accountId } }: Account): string {
  return `arn:${partition}:kms:${region}:${accountId}:key/${UUID}`;
}

/** Keys that a policy names without a wildcard. */
function namedKeys(account: Account, prefix: string): readonly string[] {
  const patterns = [...decidingPolicies(account)].flatMap((policy) =>
    statementsFor(policy, GENERATE).flatMap(({ resources }) => resources ?? []),
  );
  const arns = patterns.flatMap(({ compiled }) => compiled?.whole.literal ?? []);
  return [...new Set(arns)].filter((arn) => arn.startsWith(prefix)).sort();
}
