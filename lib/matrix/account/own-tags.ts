import { withAtoms } from '../../evaluator/atoms.ts';
import { type Combined, openOf } from '../../evaluator/combine.ts';
import { allowsSome, type CompiledPolicy } from '../../evaluator/compile.ts';
import { simpleAtom } from '../../evaluator/conditions/atom.ts';
import type { Uncertainty } from '../../evaluator/decision.ts';
import { and, type Formula, settle } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Grant } from '../paths/cell.ts';
import type { Account, Subject } from './account.ts';
import { keysAskedBy } from './asks-for-key.ts';
import { decidingPolicies } from './gating-tags.ts';
import { requestGrants } from './one-cell.ts';
import { isOfAws } from './own-denies.ts';
import { ask } from './question.ts';
import { isReservedTag } from './reserved-tags.ts';

const PRINCIPAL_TAG = 'aws:principaltag/';

/** Tags that a principal may set on itself and that policies read, with the condition for it. */
export interface OwnTags {
  /** tag keys in lower case */
  readonly keys: readonly string[];
  readonly open: Formula;
  readonly codes: readonly Uncertainty[];
  readonly grants: readonly Grant[];
}

const known = new WeakMap<Account, ReadonlyMap<string, string>>();

/** The tags of principals that any policy reads, trust policies included: by lower case, the spelling in the policy. */
export function askedTags(account: Account): ReadonlyMap<string, string> {
  return remembered(known, account, () => {
    const found = new Map<string, string>();
    const trusts = account.snapshot.roles.flatMap(({ trust }) => account.policies.get(trust) ?? []);
    for (const policy of [...decidingPolicies(account), ...trusts])
      for (const tag of principalTagsIn(policy))
        if (!found.has(tag.toLowerCase())) found.set(tag.toLowerCase(), tag);
    return found;
  });
}

/** The tags of principals that a policy reads, as they are spelled. */
export function principalTagsIn(policy: CompiledPolicy): readonly string[] {
  return keysAskedBy(policy)
    .filter((key) => key.toLowerCase().startsWith(PRINCIPAL_TAG))
    .map((key) => key.slice(PRINCIPAL_TAG.length))
    .filter((tag) => !isReservedTag(tag));
}

/**
 * The tags that a principal may set on itself: those without a condition, or else those with one, under all of their
 * conditions. Null: none. It chooses the values, within what the request allows.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html
 */
export function ownTags(subject: Subject, account: Account): OwnTags | null {
  const action = subject.role ? 'iam:TagRole' : 'iam:TagUser';
  return changeable(subject, account, {
    action,
    tags: [...askedTags(account)],
    carries: (key) => [`aws:requesttag/${key}`],
  });
}

/**
 * The tags of a principal that policies read and that it may remove from itself, all at once.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html
 */
export function ownUntags(subject: Subject, account: Account): OwnTags | null {
  const action = subject.role ? 'iam:UntagRole' : 'iam:UntagUser';
  const tags = [...askedTags(account)].filter(([key]) => subject.keys.has(`${PRINCIPAL_TAG}${key}`));
  return changeable(subject, account, { action, tags, carries: () => [] });
}

interface TagChange {
  readonly action: string;
  /** keys in lower case, and as they are spelled */
  readonly tags: readonly (readonly [string, string])[];
  /** what the request carries besides the key */
  readonly carries: (key: string) => readonly string[];
}

function changeable(
  subject: Subject,
  account: Account,
  { action, tags, carries }: TagChange,
): OwnTags | null {
  if (!mayAsk(subject, action) || subject.kind === 'outside') return null;
  if (subject.role && isOfAws(subject.role)) return null;
  // a caller can choose this tag for the session anyway
  const kept = tags.filter(([key]) => !subject.sessionTags(key));
  const asked = kept.flatMap(([key, spelled]) => {
    const combined = askOfOwnTag(subject, account, { action, tag: spelled, carries: carries(key) });
    const codes = new Set<Uncertainty>();
    const open = asOwnTag(settle(openOf(combined), codes), key, spelled);
    return open === false ? [] : [{ key, open, codes, combined }];
  });
  const sure = asked.filter(({ open }) => open === true);
  const chosen = sure.length > 0 ? sure : asked;
  if (chosen.length === 0) return null;
  return {
    keys: chosen.map(({ key }) => key),
    open: chosen.reduce<Formula>((all, { open }) => and(all, open), true),
    codes: [...new Set(chosen.flatMap(({ codes }) => [...codes]))].sort(),
    grants: requestGrants(chosen.map(({ combined }) => combined)),
  };
}

/** True if a policy of its own allows the action, on any resource and under any condition. */
export const mayAsk = ({ layers }: Subject, action: string): boolean =>
  layers.identityPolicies.some((policy) => allowsSome(policy, action));

/**
 * What policies say about a principal's request on one of its own tags. `carries`: what the request carries
 * besides the key.
 */
export function askOfOwnTag(
  subject: Subject,
  account: Account,
  {
    action,
    tag,
    carries,
  }: { readonly action: string; readonly tag: string; readonly carries: readonly string[] },
): Combined {
  const row = { action, on: 'any' as const, context: { 'aws:TagKeys': tag }, carries };
  const target = { arn: subject.arn, tags: subject.tags };
  return ask(account, { subject, row, target, region: '' });
}

/** The condition on the value in the request becomes one on the tag. */
function asOwnTag(open: Formula, key: string, spelled: string): Formula {
  return withAtoms(open, (atom) =>
    atom.canonical === `aws:requesttag/${key}`
      ? simpleAtom(
          atom.clause.operatorText,
          `aws:PrincipalTag/${spelled}`,
          atom.clause.values.map(({ text }) => text),
          '',
        )
      : atom,
  );
}

/** The principal after it set these tags to any values. */
export function withOwnTags(subject: Subject, keys: readonly string[]): Subject {
  return { ...subject, ownTags: new Set(keys) };
}

/** The principal after it removed these tags from itself. */
export function withoutOwnTags(subject: Subject, keys: readonly string[]): Subject {
  const gone = new Set(keys);
  const left = [...subject.keys].filter(
    ([key]) => !key.startsWith(PRINCIPAL_TAG) || !gone.has(key.slice(PRINCIPAL_TAG.length)),
  );
  const tags = subject.tags.filter(({ key }) => !gone.has(key.toLowerCase()));
  return { ...subject, tags, keys: new Map(left), untagged: true };
}
