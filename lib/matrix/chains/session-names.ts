import { atomsIn, withAtoms } from '../../evaluator/atoms.ts';
import { makeAtom } from '../../evaluator/conditions/atom.ts';
import { compileClause } from '../../evaluator/conditions/clause.ts';
import { type Atom, and, type Formula } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account } from '../account/account.ts';
import { asksForKey } from '../account/asks-for-key.ts';
import { decidingPolicies } from '../account/gating-tags.ts';
import { following } from './following.ts';

/*
 * The caller of a role names its session, within the limits of policies, and the name is the end of `aws:userid` in all
 * requests of the session. A condition on the name in one step also holds in the next, and in the cell at the end.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 */

/** The possible names of the sessions that somebody gets from a role. One object for one role and formula. */
export interface SessionNames {
  /** the role's unique id */
  readonly id: string;
  /** about `aws:userid` */
  readonly open: Formula;
}

const NAME = 'sts:rolesessionname';
const USER_ID = 'aws:userid';

const asking = new WeakMap<Account, boolean>();

/** True if some policy depends on session names, and some policy limits them. */
export function namesCount(account: Account): boolean {
  return remembered(asking, account, () => {
    const policies = [
      ...decidingPolicies(account),
      ...account.snapshot.roles.flatMap(({ trust }) => account.policies.get(trust) ?? []),
    ];
    const asks = (key: string): boolean =>
      policies.some(({ statements }) => statements.some((one) => asksForKey(one, (asked) => asked === key)));
    const namesSession = policies.some(({ statements }) =>
      statements.some(({ principals }) => principals?.aws.some((entry) => entry.includes(':assumed-role/'))),
    );
    return asks(NAME) && (namesSession || asks(USER_ID));
  });
}

const known = new WeakMap<Role, Map<Formula, SessionNames | undefined>>();

/** What the condition for assuming a role requires of the session's name; undefined: nothing. */
export function sessionNamesIn(open: Formula, role: Role): SessionNames | undefined {
  const ofRole = remembered(known, role, () => new Map<Formula, SessionNames | undefined>());
  return remembered(ofRole, open, () => {
    const limits = following(open, (atom) => (atom.canonical === NAME ? ofUserId(atom, role) : null));
    return limits === true ? undefined : { id: role.id, open: limits };
  });
}

/** The condition on a name as one on `aws:userid`; null if a value is unknown or no text. */
function ofUserId({ clause, opaque }: Atom, { id }: Role): Atom | null {
  const { operator, operatorText, values } = clause;
  if (opaque || !operator || operator.base.family.name === 'null') return null;
  const texts = values.map(({ text }) => `${id}:${text}`);
  return makeAtom(compileClause(operatorText, USER_ID, texts, true), '');
}

/** What remains of a formula for sessions with these names. */
export function namedAs(names: SessionNames | undefined, open: Formula): Formula {
  if (names === undefined) return open;
  const asked = new Set(
    atomsIn(open)
      .filter(isOfUserId)
      .map(({ canonical }) => canonical),
  );
  if (asked.size === 0) return open;
  const ofSession = withAtoms(open, (atom) => (isOfUserId(atom) ? ofRole(atom, names.id) : atom));
  return [...asked].reduce<Formula>((all, key) => and(all, withAtoms(names.open, askedAs(key))), ofSession);
}

/** True also for a key that was renamed for another request (`own-request.ts`). */
function isOfUserId({ canonical }: Atom): boolean {
  return canonical === USER_ID || canonical.startsWith(`${USER_ID} where `);
}

const askedAs =
  (key: string) =>
  (atom: Atom): Atom => ({ ...atom, id: atom.id + key.slice(USER_ID.length), canonical: key });

/** The condition with this role's id: no name contains a colon, so a pattern for any role's id means this role. */
function ofRole(atom: Atom, id: string): Atom {
  const { clause, canonical, opaque } = atom;
  const texts = clause.values.map(({ text }) => text);
  if (opaque || !texts.some((text) => text.startsWith('*:'))) return atom;
  const values = texts.map((text) => (text.startsWith('*:') ? id + text.slice(1) : text));
  return askedAs(canonical)(makeAtom(compileClause(clause.operatorText, USER_ID, values, true), ''));
}
