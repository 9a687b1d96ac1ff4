import type { Account, Subject } from '../matrix/account/account.ts';
import { CALLERS, mayCall } from '../matrix/account/calling-roles.ts';
import { choicesFor } from '../matrix/account/chosen-sessions.ts';
import { escalationRows, wideningRows } from '../matrix/account/escalation-actions.ts';
import { allowsEverything, isEverything } from '../matrix/account/hypothetical-principals.ts';
import { letsIn } from '../matrix/account/lets-in.ts';
import type { BuiltRows } from '../matrix/build.ts';
import { isOfSession } from '../matrix/chains/trusted-sessions.ts';
import { ASSUMING } from '../matrix/paths/assuming.ts';
import type { CallingRole, Escalation } from '../matrix/paths/escalation.ts';
import { leadsToOthers } from '../matrix/paths/escalations.ts';

/** A principal with its policies and with others. */
export interface SubjectPair {
  readonly before: Subject;
  readonly after: Subject;
}

/** How its policies differ. */
export interface Difference {
  /** the actions about which they say something else */
  readonly said: ReadonlySet<string>;
  /** true if Denies differ */
  readonly denies: boolean;
}

/** True if the principal would change itself, make others stronger or create principals in another way. */
export function changesOtherwise(pair: SubjectPair, { said, denies }: Difference): boolean {
  const [was, is] = [pair.before, pair.after].map(({ layers }) => layers.identityPolicies) as [Own, Own];
  if (isEverything(was) !== isEverything(is)) return true;
  const [rows, widening] = [rowsOf(pair, escalationRows), rowsOf(pair, wideningRows)];
  const escalates = rows.length + widening.length > 0;
  if (escalates && allowsEverything(was) !== allowsEverything(is)) return true;
  // which Denies it removes from itself depends on all of them
  if (denies && rows.some(({ becomes }) => becomes === 'without-deny')) return true;
  const isAsked = (row: Escalation): boolean => asksFor(row, said);
  if (rows.some((row) => isAsked(row) && !leadsToKnown(row))) return true;
  // it may first add permissions to a principal that it becomes then
  return widening.length > 0 && (takesRoles(said) || rows.some(isAsked) || widening.some(isAsked));
}

/** True if it may become others than before through IAM, as by passing a role. */
export function becomesOthers(pair: SubjectPair, said: ReadonlySet<string>): boolean {
  const rows = rowsOf(pair, escalationRows).filter(leadsToOthers);
  // the writer of a trust policy assumes the role, too
  return rows.length > 0 && (takesRoles(said) || rows.some((row) => asksFor(row, said)));
}

/** True if the policies differ in what they say about assuming roles. */
export const takesRoles = (said: ReadonlySet<string>): boolean => ASSUMING.some((action) => said.has(action));

/** True if a service could make calls with the role for the first time. */
export function isCalledAnew({ before, after }: SubjectPair, account: Account): boolean {
  const { role } = after;
  const isNew = (by: CallingRole): boolean => mayCall(after, by) && !mayCall(before, by);
  return role !== null && CALLERS.some((by) => isNew(by) && letsIn(role, by.passedTo, account));
}

/**
 * True if the principal could rewrite a trust policy while no session of a rewriter is known yet, or if it is a role of
 * which rewriters could choose another session.
 */
export function isTrustedOtherwise(pair: SubjectPair, said: ReadonlySet<string>, built: BuiltRows): boolean {
  if (!built.rows.escalations.hasTrustedSessions)
    return rowsOf(pair, escalationRows).some((row) => isOfSession(row) && asksFor(row, said));
  if (pair.after.role === null) return false;
  const { account } = built.audited;
  const known = choicesFor(pair.before, account);
  return choicesFor(pair.after, account).some((choice) => !known.includes(choice));
}

type Own = Subject['layers']['identityPolicies'];

const rowsOf = (
  { before, after }: SubjectPair,
  of: (subject: Subject) => readonly Escalation[],
): readonly Escalation[] => [...new Set([...of(before), ...of(after)])];

const asksFor = ({ requests }: Escalation, said: ReadonlySet<string>): boolean =>
  requests.some(({ action }) => said.has(action.toLowerCase()));

/** False if the row leads to principals that are made up for it. */
const leadsToKnown = (row: Escalation): boolean =>
  leadsToOthers(row) && row.becomes !== 'new-user' && row.becomes !== 'new-role';
