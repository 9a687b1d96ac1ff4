import { remembered } from '../../memory/remembered.ts';
import type { Escalation } from '../paths/escalation.ts';
import { NEW_NAME } from '../paths/placeholder-ids.ts';
import type { Account, Subject } from './account.ts';
import { limitsAttaching, limitTexts } from './attachable-policies.ts';
import { namedArns, withLetters } from './named-arns.ts';
import type { Target } from './target.ts';

export const ATTACHED_POLICY = 'beside:attached-policy';

/** True if the caller attaches a policy that it creates for that. */
export const attachesNewPolicy = ({ requests }: Pick<Escalation, 'requests'>): boolean =>
  requests.some(({ on }) => on === ATTACHED_POLICY);

const known = new WeakMap<Account, readonly string[]>();

/** Policies that a principal could create: under an unlikely name, and under those that policies of the account name. */
export function creatablePolicies(account: Account): readonly string[] {
  return remembered(known, account, () => {
    const { partition, accountId } = account.snapshot;
    const prefix = `arn:${partition}:iam::${accountId}:policy/`;
    const named = limitTexts(account)
      .filter((text) => !text.includes('$') && text.includes(':policy/'))
      .map((text) => `${prefix}${withLetters(text.slice(text.indexOf(':policy/') + ':policy/'.length))}`);
    const all = [
      `${prefix}${NEW_NAME}`,
      ...namedArns(account, { service: 'iam', type: 'policy/' }, '', 'own'),
      ...named,
    ];
    return [...new Set(all)].filter((arn) => !account.policies.has(arn));
  });
}

/** The targets of a row, once for each policy that the caller may create and attach to them. */
export function attachingTo(
  targets: readonly Target[],
  row: Escalation,
  subject: Subject,
  account: Account,
): readonly Target[] {
  if (!attachesNewPolicy(row)) return targets;
  // otherwise any policy can be attached, or none
  if (!limitsAttaching(subject)) return [];
  return creatablePolicies(account).flatMap((arn) =>
    targets.map((target) => ({ ...target, context: { ...target.context, 'iam:PolicyARN': arn } })),
  );
}
