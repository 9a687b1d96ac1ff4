import { remembered } from '../../memory/remembered.ts';
import type { ConditionKeys } from '../../snapshot/services.ts';
import { NEW_NAME } from '../paths/placeholder-ids.ts';
import type { Account } from './account.ts';
import { namedArns } from './named-arns.ts';
import type { Place, Target } from './target.ts';

export const inRegion = ({ instance, account }: Place, service: string, resource: string): string =>
  `arn:${account.snapshot.partition}:${service}:${instance.region}:${account.snapshot.accountId}:${resource}`;

/** A resource that does not exist yet. Its creator chooses the tags. */
export const made = (place: Place, service: string, resource: string): readonly Target[] => [
  { arn: inRegion(place, service, resource), tags: null },
];

/** The same under every name in a policy of the account, and as `unnamed`, which no policy is likely to contain. */
export function makeable(
  place: Place,
  shape: { service: string; type: string },
  unnamed: string = NEW_NAME,
): readonly Target[] {
  const { account, instance } = place;
  const known = remembered(makeableCache, account, () => new Map<string, readonly Target[]>());
  return remembered(known, `${shape.service}:${shape.type}${unnamed} ${instance.region}`, () => {
    const own = namedArns(account, shape, instance.region, 'own');
    const arns = new Set([inRegion(place, shape.service, `${shape.type}${unnamed}`), ...own]);
    return [...arns].map((arn) => ({ arn, tags: null }));
  });
}

const makeableCache = new WeakMap<Account, Map<string, readonly Target[]>>();

/** Their ARNs have no account. */
const ACCOUNTLESS: ReadonlySet<string> = new Set(['snapshot/', 'image/']);

/**
 * Placeholders for resources that were not collected: one with an unlikely name, and those that Allows of the
 * account name. `call`: the missing call.
 */
export function unlistedTargets(
  place: Place,
  shape: { service: string; type: string },
  name: string,
  call: string,
): readonly Target[] {
  const { account, instance } = place;
  const { accountId } = account.snapshot;
  const own = namedArns(account, shape, instance.region, 'own');
  const all = [inRegion(place, shape.service, `${shape.type}${name}`), ...own];
  const arns = ACCOUNTLESS.has(shape.type) ? all.map((arn) => arn.replace(`:${accountId}:`, '::')) : all;
  return [...new Set(arns)].map((arn) => ({ arn, tags: null, missing: call }));
}

export const SSM_DOCUMENT = { service: 'ssm', type: 'document/' };

const regionKeys = new Map<string, ConditionKeys>();

/**
 * The condition keys of a request to another region than the instance's. Always the same object, since it is a cache
 * key.
 */
export const requestedIn = (region: string): ConditionKeys =>
  remembered(regionKeys, region, () => ({ 'aws:RequestedRegion': region }));
