import type { CompiledPolicy } from '../evaluator/compile.ts';
import { wordsOn } from '../evaluator/words-on.ts';
import type { Account, Subject } from '../matrix/account/account.ts';
import { isActing } from '../matrix/account/agent-spaces.ts';
import { ESCALATION_ACTIONS, escalationRows } from '../matrix/account/escalation-actions.ts';
import { decidingPolicies } from '../matrix/account/gating-tags.ts';
import { newcomersIn } from '../matrix/account/new-principals.ts';
import { deniesSome } from '../matrix/account/own-denies.ts';
import { principalTagsIn } from '../matrix/account/own-tags.ts';
import { asksForSessions } from '../matrix/account/session-askers.ts';
import type { BuiltRows } from '../matrix/build.ts';
import { ASKED_ACTIONS } from '../matrix/classes/principal-views.ts';
import type { DirectCells } from '../matrix/rows/class-cells.ts';
import { remembered } from '../memory/remembered.ts';
import type { Base } from './base.ts';
import {
  becomesOthers,
  changesOtherwise,
  type Difference,
  isCalledAnew,
  isTrustedOtherwise,
  type SubjectPair,
  takesRoles,
} from './escalation-change.ts';
import type { NewDistinctions, PolicyPair } from './new-distinctions.ts';

/** A principal with other policies. */
export interface ChangedHolder {
  /** with the new policies */
  readonly subject: Subject;
  /** what it would hold directly */
  readonly cells: DirectCells;
  /** true if the policies differ in what they say about assuming roles */
  readonly takesRoles: boolean;
  /** true if it may become others than before through IAM, as by passing a role */
  readonly becomesOthers: boolean;
}

/** The changed identity policies, and who would have which. */
export interface OtherPolicies {
  /** policies that are added, removed or changed */
  readonly pairs: readonly PolicyPair[];
  /** all identity policies after the change, by index of the principal */
  readonly policiesOf: ReadonlyMap<number, readonly CompiledPolicy[]>;
}

/**
 * The principals with their new identity policies and direct cells. Null if the change affects more than what they
 * hold and which known principals they become: what they can make of themselves or of others, the limits of others, or
 * which instances policies distinguish. If `distinctions` is null, this is not checked, and the result is an estimate.
 */
export function changedHolders(
  base: Base,
  { pairs, policiesOf }: OtherPolicies,
  distinctions: NewDistinctions | null,
): ReadonlyMap<number, ChangedHolder> | null {
  const { rows } = base.built;
  if (!rows.isWhole) return null;
  if (pairs.some(({ before, after }) => before.kind !== 'identity' || after.kind !== 'identity')) return null;
  const said = new Set(pairs.flatMap(saidOtherwise));
  const changed = new Map<number, SubjectPair>();
  for (const [p, identityPolicies] of policiesOf) {
    const before = rows.subjects[p] as Subject;
    changed.set(p, { before, after: { ...before, layers: { ...before.layers, identityPolicies } } });
  }
  // this check is cheap, so it comes first
  if (distinctions !== null) {
    const denies = pairs.some(({ before, after }) => deniesSome(before) || deniesSome(after));
    if ([...changed.values()].some((pair) => isOtherwise(base, pair, { said, denies }))) return null;
    if (!areAlike(base, distinctions, pairs)) return null;
  }
  return new Map([...changed].map(([p, pair]) => [p, holderOf(base, p, pair, said)]));
}

function holderOf(base: Base, p: number, pair: SubjectPair, said: ReadonlySet<string>): ChangedHolder {
  return {
    subject: pair.after,
    cells: base.directAs(p, pair.after, said),
    takesRoles: takesRoles(said),
    becomesOthers: becomesOthers(pair, said),
  };
}

/**
 * True if the principal could make something else of itself or of others, or if others could make something else of
 * it.
 */
function isOtherwise({ built }: Base, pair: SubjectPair, difference: Difference): boolean {
  const { account } = built.audited;
  const { before, after } = pair;
  if (changesOtherwise(pair, difference) || isCalledAnew(pair, account)) return true;
  if (isTrustedOtherwise(pair, difference.said, built)) return true;
  if (difference.denies && isFreed(before, built.rows.subjects)) return true;
  // what a role of DevOps Agent may do decides whether its space counts
  return isActing(before, account) !== isActing(after, account);
}

/**
 * True if nobody is limited by these policies, they distinguish nothing new, and nobody else can make more of
 * itself.
 */
function areAlike({ built }: Base, distinctions: NewDistinctions, pairs: readonly PolicyPair[]): boolean {
  return !(
    pairs.some(({ before }) => isBoundary(before, built.rows.subjects)) ||
    distinctions.between(pairs) ||
    pairs.some(({ before, after }) => asksForSessions(after) && !asksForSessions(before)) ||
    bearsOnOwnTags(pairs, built) ||
    pairs.some((pair) => bearsOnNewcomers(pair, built.audited.account))
  );
}

/**
 * True if some principal can remove this one's boundary: which Denies it could remove without the boundary depends on
 * the same policies.
 */
function isFreed({ arn, layers }: Subject, subjects: readonly Subject[]): boolean {
  if (layers.permissionsBoundary === null) return false;
  return subjects.some((one) => one.arn === arn && one.layers.permissionsBoundary === null);
}

/** Principals can set those tags on themselves that policies read: true if the changed policies read others. */
function bearsOnOwnTags(pairs: readonly PolicyPair[], { audited, rows }: BuiltRows): boolean {
  const asked = pairs.map(({ before, after }) => [before, after].map(tagsIn) as [string, string]);
  if (asked.every(([was, is]) => was === is) || !rows.subjects.some(mayTagItself)) return false;
  const left = new Set(pairs.map(({ before }) => before));
  const others = new Set(
    [...decidingPolicies(audited.account)].filter((policy) => !left.has(policy)).flatMap(principalTagsIn),
  );
  return pairs
    .flatMap(Object.values)
    .flatMap(principalTagsIn)
    .some((tag) => !others.has(tag));
}

const tagsIn = (policy: CompiledPolicy): string => [...new Set(principalTagsIn(policy))].sort().join();

/** Policies decide the names and boundaries of users and roles that somebody may create: true if that changes. */
function bearsOnNewcomers({ before, after }: PolicyPair, account: Account): boolean {
  const asks = [before, after].some(({ document }) =>
    /iam:permissionsboundary/i.test(JSON.stringify(document)),
  );
  return (
    asks ||
    newcomersIn(before, account) !== newcomersIn(after, account) ||
    ['iam:createuser', 'iam:createrole'].some((action) => wordsOn(before, action) !== wordsOn(after, action))
  );
}

function mayTagItself(subject: Subject): boolean {
  return escalationRows(subject).some(({ becomes }) => becomes === 'own-tags' || becomes === 'fewer-tags');
}

function isBoundary(policy: CompiledPolicy, subjects: readonly Subject[]): boolean {
  return subjects.some(({ layers }) => layers.permissionsBoundary === policy);
}

const ALL_ACTIONS = [...new Set([...ASKED_ACTIONS, ...ESCALATION_ACTIONS])];

const knownPairs = new WeakMap<CompiledPolicy, WeakMap<CompiledPolicy, readonly string[]>>();

/** The actions on which two versions of a policy differ. */
function saidOtherwise({ before, after }: PolicyPair): readonly string[] {
  const byAfter = remembered(knownPairs, before, () => new WeakMap<CompiledPolicy, readonly string[]>());
  return remembered(byAfter, after, () =>
    ALL_ACTIONS.filter((action) => wordsOn(before, action) !== wordsOn(after, action)),
  );
}
