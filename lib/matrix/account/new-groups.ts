import { remembered } from '../../memory/remembered.ts';
import { NEW_NAME } from '../paths/placeholder-ids.ts';
import type { Account } from './account.ts';
import { namedArns } from './named-arns.ts';
import type { Target } from './target.ts';

const known = new WeakMap<Account, readonly Target[]>();

/** Groups that a principal could create: under an unlikely name, and under each name in an Allow of the account. */
export function newGroups(account: Account): readonly Target[] {
  return remembered(known, account, () => {
    const { partition, accountId, groups } = account.snapshot;
    const taken = new Set(groups.map(({ arn }) => arn));
    const arns = [
      `arn:${partition}:iam::${accountId}:group/${NEW_NAME}`,
      ...namedArns(account, { service: 'iam', type: 'group/' }, '', 'own'),
    ];
    return arns.filter((arn) => !taken.has(arn)).map((arn) => ({ arn, tags: [] }));
  });
}
