import { type CompiledPolicy, statementsFor } from '../evaluator/compile.ts';
import type { Subject } from '../matrix/account/account.ts';
import { compileRecord } from '../matrix/account/compile-record.ts';
import { ESCALATION_ACTIONS, escalationRows, wideningRows } from '../matrix/account/escalation-actions.ts';
import { allowsEverything, isEverything } from '../matrix/account/hypothetical-principals.ts';
import { ASSUMING } from '../matrix/classes/principal-views.ts';
import type { AccessPath } from '../matrix/paths/access-paths.ts';
import type { RowCell } from '../matrix/rows/row-cell.ts';
import { isReadable } from '../snapshot/readable.ts';
import type { PolicyRecord } from '../snapshot/snapshot.ts';
import type { Base } from './base.ts';
import type { NewDistinctions } from './new-distinctions.ts';

export type DirectCells = ReadonlyMap<AccessPath, readonly RowCell[]>;

/** A principal with another policy. */
export interface ChangedHolder {
  /** as it would be */
  readonly subject: Subject;
  /** what it would hold directly */
  readonly cells: DirectCells;
  /** the policy says something else of taking roles */
  readonly takesRoles: boolean;
}

/**
 * What those who have an identity policy would be if it said something else, by principal. Null where more would change
 * than what they hold and which roles they take: what they make of themselves and others, limits of others, or what is
 * told apart.
 */
export function holdersOf(
  base: Base,
  distinctions: NewDistinctions,
  before: CompiledPolicy,
  record: PolicyRecord,
): ReadonlyMap<number, ChangedHolder> | null {
  const { rows } = base.built;
  if (!isReadable(record) || !rows.isWhole) return null;
  const after = compileRecord(record);
  if (before.kind !== 'identity' || after.kind !== 'identity' || !isAlike(base, distinctions, before, after))
    return null;
  const says = (actions: readonly string[]): boolean =>
    actions.some((action) => wordsOn(before, action) !== wordsOn(after, action));
  const [escalates, takesRoles] = [says(ESCALATION_ACTIONS), says(ASSUMING)];
  const holders = new Map<number, ChangedHolder>();
  for (const [p, holder] of rows.subjects.entries()) {
    const { identityPolicies } = holder.layers;
    if (!identityPolicies.includes(before)) continue;
    const policies = identityPolicies.map((policy) => (policy === before ? after : policy));
    const subject = { ...holder, layers: { ...holder.layers, identityPolicies: policies } };
    if (isEverything(identityPolicies) !== isEverything(policies)) return null;
    const other = escalates || allowsEverything(identityPolicies) !== allowsEverything(policies);
    if ([holder, subject].some((one) => escalatesBy(one, other, takesRoles))) return null;
    holders.set(p, { subject, cells: rows.directAs(subject), takesRoles });
  }
  return holders;
}

/** Nobody is limited by it, nothing else is told apart, and nobody else makes more of himself. */
function isAlike(
  { built: { rows } }: Base,
  distinctions: NewDistinctions,
  before: CompiledPolicy,
  after: CompiledPolicy,
): boolean {
  return !(
    isBoundary(before, rows.subjects) ||
    distinctions.between(before, after) ||
    bearsOnOwnTags([before, after], rows.subjects) ||
    bearsOnNewcomers(before, after)
  );
}

/** Would a change of what it says of these change whom it can become? Whom it takes it may take stronger. */
function escalatesBy(subject: Subject, ofEscalations: boolean, ofRoles: boolean): boolean {
  const isOwn = ofEscalations && escalationRows(subject).length > 0;
  return isOwn || ((ofEscalations || ofRoles) && wideningRows(subject).length > 0);
}

/** Which tags principals set on themselves is what policies ask for. */
function bearsOnOwnTags(policies: readonly CompiledPolicy[], subjects: readonly Subject[]): boolean {
  const asks = policies.some(({ document }) => /aws:principaltag\//i.test(JSON.stringify(document)));
  return asks && subjects.some(mayTagItself);
}

/** How those are called whom somebody may make, and which boundary they must have, is what policies ask for. */
function bearsOnNewcomers(before: CompiledPolicy, after: CompiledPolicy): boolean {
  const asks = [before, after].some(({ document }) =>
    /iam:permissionsboundary/i.test(JSON.stringify(document)),
  );
  return (
    asks ||
    ['iam:createuser', 'iam:createrole'].some((action) => wordsOn(before, action) !== wordsOn(after, action))
  );
}

function mayTagItself(subject: Subject): boolean {
  return escalationRows(subject).some(({ becomes }) => becomes === 'own-tags');
}

function isBoundary(policy: CompiledPolicy, subjects: readonly Subject[]): boolean {
  return subjects.some(({ layers }) => layers.permissionsBoundary === policy);
}

/** Everything that a policy says of an action, and where: equal words, equal answers and grants. */
function wordsOn(policy: CompiledPolicy, action: string): string {
  const { version, malformed, duplicateKeys, statements } = policy.document;
  const said = statementsFor(policy, action).map(({ index }) => [index, statements[index]]);
  return said.length === 0 ? '' : JSON.stringify([version, malformed, duplicateKeys, said]);
}
