import { atomsIn } from '../../evaluator/atoms.ts';
import { type Combined, combine, openOf } from '../../evaluator/combine.ts';
import { allowsSome, type CompiledPolicy, compilePolicy } from '../../evaluator/compile.ts';
import { simpleAtom } from '../../evaluator/conditions/atom.ts';
import type { KeyState } from '../../evaluator/context.ts';
import { type Atom, and, type Formula, or } from '../../evaluator/formula.ts';
import { knownGiven } from '../../evaluator/residual/known-given.ts';
import { remaining } from '../../evaluator/residual/remaining.ts';
import type { Residuals } from '../../evaluator/residual/residuals.ts';
import { parsePolicy } from '../../policy/document.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import type { SessionChoice } from '../account/chosen-sessions.ts';
import { askedTags } from '../account/own-tags.ts';
import { questionWith } from '../account/question.ts';
import { contextOf } from '../account/request-context.ts';
import { bringing, bringsTag, usersAskedFor } from '../account/session-tags.ts';
import type { RequestRow } from '../paths/access-path.ts';
import { RUN_AS_TAG } from '../paths/lands-as.ts';
import { inAnyRegion } from './any-region.ts';
import { CLOSED, type Opening, openingOf, settled } from './codes.ts';
import { isSessionTag, ofOwnRequest } from './own-request.ts';
import { limitsOf, type SessionLimits } from './session-limits.ts';
import { namesCount, sessionNamesIn } from './session-names.ts';
import { ANY_VALUES, type TagValues, tagValuesIn } from './session-tag-values.ts';

const ASSUME: RequestRow = { action: 'sts:AssumeRole', on: 'any' };
/** The caller chooses the endpoint. */
const NO_REGION = '';
/** The caller names its session as it likes. */
export const CHOSEN = ['sts:rolesessionname'] as const;

/**
 * Something that a caller may add to a session. It needs a separate permission, in the caller's policies and in the
 * trust policy.
 */
interface Brought {
  readonly row: RequestRow;
  readonly isKey: (canonical: string) => boolean;
}

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html#id_credentials_temp_control-access_monitor-perms
 */
const TAGS: Brought = { row: { action: 'sts:TagSession', on: 'any' }, isKey: isSessionTag };
export const BROUGHT: readonly Brought[] = [
  TAGS,
  { row: { action: 'sts:SetSourceIdentity', on: 'any' }, isKey: (key) => key === SOURCE_IDENTITY },
];
const SOURCE_IDENTITY = 'sts:sourceidentity';

const isBound = ({ session }: Subject): boolean => session.sourceIdentity === 'always';

/** Keys that are in every request of a principal, since a source identity stays in all later sessions. */
function broughtAlready(subject: Subject): readonly Brought[] {
  return isBound(subject) ? BROUGHT.filter(({ isKey }) => isKey(SOURCE_IDENTITY)) : [];
}

/**
 * Whether and under which condition a principal may assume a role. Both the role's trust policy and the principal's
 * own layers are evaluated.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function assumeRole(
  subject: Subject,
  role: Role,
  account: Account,
  reduce: Reduce = reduced,
): Opening {
  const trust = account.policies.get(role.trust);
  if (!trust || subject.arn === role.arn) return CLOSED;
  return assumeWith({ role, trust }, subject, account, reduce);
}

/** The same with another trust policy. */
export function assumeWith(
  { role, trust }: { readonly role: Role; readonly trust: CompiledPolicy },
  subject: Subject,
  account: Account,
  reduce: Reduce,
): Opening {
  const { without, taken, with: open } = waysOf({ role, trust }, subject, account);
  const plain = reduce(without, CHOSEN, subject.given);
  if (plain.open === true || taken.length === 0) return asOwn(plain);
  const isChosen = ({ canonical }: Atom): boolean => taken.some(({ isKey }) => isKey(canonical));
  const all = open();
  const chosen = atomsIn(all).filter(isChosen);
  return asOwn(reduce(all, [...CHOSEN, ...chosen.map(({ canonical }) => canonical)], subject.given));
}

/** The condition for a session with all of these choices, under a trust policy of the caller's own. */
export function assumeByOwnTrust(
  { role, choices }: { readonly role: Role; readonly choices: readonly SessionChoice[] },
  subject: Subject,
  account: Account,
  reduce: Reduce,
): Opening {
  const brought = broughtWith(choices, subject);
  const ask = asker({ role, trust: ownTrust(subject, choices) }, subject, account);
  const asked = inAnyRegion(
    openWith(brought, (row) => ask(row, brought)),
    account.snapshot.partition,
  );
  const open = brought.includes(TAGS) ? asked : and(asked, untagged(subject));
  const keys = atomsIn(open).map(({ canonical }) => canonical);
  const chosen = keys.filter((key) => brought.some(({ isKey }) => isKey(key)));
  return asOwn(reduce(open, [...CHOSEN, ...chosen], subject.given));
}

/** What a request with these choices carries. */
function broughtWith(choices: readonly SessionChoice[], subject: Subject): readonly Brought[] {
  const must = broughtAlready(subject);
  return BROUGHT.filter((one) => must.includes(one) || choices.some((choice) => choice === one.row.action));
}

/** Renames keys that belong to one request of a chain only. */
export function asOwn({ open, codes }: Opening): Opening {
  return { open: ofOwnRequest(open), codes };
}

/**
 * A session that passes on transitive tags has them in its requests for further roles, and needs `sts:TagSession`
 * there.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
 */
function untagged({ session }: Subject): Formula {
  return session.carries === null ? true : simpleAtom('Null', session.carries, ['true'], '');
}

/**
 * The cases in which a role may be assumed: without additions, and with any of the possible ones. `assume`: the request
 * for it.
 */
export function waysOf(
  { role, trust }: { readonly role: Role; readonly trust: CompiledPolicy },
  subject: Subject,
  account: Account,
  assume: RequestRow = ASSUME,
): { readonly without: Formula; readonly taken: readonly Brought[]; readonly with: () => Formula } {
  const ask = asker({ role, trust }, subject, account, assume);
  const { partition } = account.snapshot;
  const must = broughtAlready(subject);
  const alone = must.length > 0 ? false : inAnyRegion(openOf(ask(assume, [])), partition);
  const without = and(alone, untagged(subject));
  const taken = BROUGHT.filter(({ row }) => allowsSome(trust, row.action));
  const ways = (): readonly (readonly Brought[])[] =>
    subsetsOf(taken).filter((brought) => must.every((one) => brought.includes(one)));
  const oneOf = (any: Formula, brought: readonly Brought[]): Formula =>
    or(
      any,
      // it is one call, so all requests have the same endpoint
      inAnyRegion(
        openWith(brought, (row) => ask(row, brought), assume),
        partition,
      ),
    );
  return { without, taken, with: () => ways().reduce(oneOf, without) };
}

/** The limits of the session that a principal gets from a role, if they matter. */
export function sessionLimits(subject: Subject, role: Role, account: Account): SessionLimits | undefined {
  const trust = account.policies.get(role.trust);
  if (!trust || subject.arn === role.arn) return undefined;
  return limitsUnder({ role, trust }, subject, account);
}

/** The same with another trust policy. */
export function limitsUnder(
  { role, trust }: { readonly role: Role; readonly trust: CompiledPolicy },
  subject: Subject,
  account: Account,
): SessionLimits | undefined {
  const names = namesCount(account)
    ? sessionNamesIn(waysOf({ role, trust }, subject, account).with(), role)
    : undefined;
  return limitsOf(role, names, tagLimits({ role, trust }, subject, account));
}

/**
 * Of the tags that the role's sessions may set and policies read: those that sessions of this principal may not, and
 * the values of the others.
 */
function tagLimits(
  { role, trust }: { readonly role: Role; readonly trust: CompiledPolicy },
  subject: Subject,
  account: Account,
): { readonly barred: readonly string[]; readonly values: TagValues } {
  const tags = [...askedTags(account)].filter(([key]) => bringsTag(trust, key) !== false);
  if (tags.length === 0) return { barred: [], values: ANY_VALUES };
  const tagged = openTagged(subject, { role, trust }, account);
  const isPossible = (open: Formula): boolean => remaining(open, { given: subject.given }) !== false;
  const barred = tags.map(([key]) => key).filter((key) => !isPossible(bringing(key, tagged)));
  const left = tags.filter(([key]) => !barred.includes(key));
  const { without: untagged } = waysOf({ role, trust }, subject, account);
  const values = tagValuesIn({ tagged, untagged, isPossible }, role, left, subject.sessionTags);
  return { barred: barred.sort(), values };
}

/** Evaluates the request for a role; `brought`: with exactly these additions. */
type AskRole = (row: RequestRow, brought: readonly Brought[]) => Combined;

function asker(
  { role, trust }: { readonly role: Role; readonly trust: CompiledPolicy },
  subject: Subject,
  account: Account,
  assume: RequestRow = ASSUME,
): AskRole {
  const target = { arn: role.arn, tags: role.tags };
  // both requests are one call, so both have its condition keys
  const context = contextOf({ subject, row: assume, target, region: NO_REGION }, account);
  return (row, brought) => {
    const left = BROUGHT.filter((one) => !brought.includes(one));
    const lookup = (key: string): KeyState => {
      if (left.some(({ isKey }) => isKey(key))) return null;
      // a session's existing source identity is in its requests
      return context.lookup(key === SOURCE_IDENTITY && isBound(subject) ? 'aws:sourceidentity' : key);
    };
    const asked = { subject, row, target, resourcePolicy: trust };
    const { request, layers } = questionWith(account, asked, { ...context, lookup });
    return combine(request, layers);
  };
}

/** The OS users that callers of the role may request by a session tag; `*`: any. */
export function askedUsers(subject: Subject, role: Role, account: Account): readonly string[] {
  const trust = account.policies.get(role.trust);
  if (!trust || !allowsSome(trust, TAGS.row.action)) return [];
  const open = openTagged(subject, { role, trust }, account);
  return usersAskedFor(bringing(RUN_AS_TAG, open), { chosen: CHOSEN, given: subject.given });
}

/** The condition for assuming the role with tags. */
function openTagged(
  subject: Subject,
  { role, trust }: { readonly role: Role; readonly trust: CompiledPolicy },
  account: Account,
): Formula {
  const ask = asker({ role, trust }, subject, account);
  const brought = [TAGS, ...broughtAlready(subject)];
  return inAnyRegion(
    openWith(brought, (row) => ask(row, brought)),
    account.snapshot.partition,
  );
}

/** The condition for assuming the role with all of these. `assume`: the request that they are a part of. */
function openWith(
  brought: readonly Brought[],
  ask: (row: RequestRow) => Combined,
  assume: RequestRow = ASSUME,
): Formula {
  let open = openOf(ask(assume));
  for (const { row } of brought) {
    if (open === false) return false;
    const asked = ask(row);
    // the trust policy must allow it, whatever identity policies say
    open = and(open, and(openOf(asked), asked.answers.resource.allow));
  }
  return open;
}

/** Every non-empty subset of a list. */
function subsetsOf<T>([first, ...rest]: readonly T[]): readonly (readonly T[])[] {
  if (first === undefined) return [];
  const others = subsetsOf(rest);
  return [[first], ...others, ...others.map((some) => [first, ...some])];
}

/** The trust policy that somebody writes to assume a role with these choices: it allows that principal alone. */
export function ownTrust(subject: Subject, choices: readonly SessionChoice[]): CompiledPolicy {
  const brought = broughtWith(choices, subject).map(({ row }) => row.action);
  const Principal = { AWS: subject.principal.arn };
  const Statement = { Effect: 'Allow', Principal, Action: [ASSUME.action, ...brought] };
  return compilePolicy(
    parsePolicy({ Version: '2012-10-17', Statement }, 'trust'),
    'a trust policy of its own',
    'trust',
  );
}

/** Simplifies a formula, to true or false where possible. */
export type Reduce = (formula: Formula, chosen: readonly string[], given: readonly Atom[]) => Opening;

/** Keeps each result. */
export const reducedBy =
  (residuals: Residuals): Reduce =>
  (formula, chosen, given) =>
    openingOf(residuals.of(formula, chosen, given));

export const reduced: Reduce = (formula, chosen, given) => {
  const { open, codes } = settled(formula);
  const residual = remaining(open, { chosen: new Set(chosen), given });
  return { open: typeof residual === 'boolean' ? residual : knownGiven(open, given), codes };
};
