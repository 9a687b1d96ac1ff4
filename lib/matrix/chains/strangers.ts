import { atomsIn, withAtoms } from '../../evaluator/atoms.ts';
import { simpleAtom } from '../../evaluator/conditions/atom.ts';
import type { Atom, Formula } from '../../evaluator/formula.ts';
import { glob, matches } from '../../policy/wildcard.ts';
import { keepsStrangersOut } from '../../reference/shared-oidc-providers.ts';

/**
 * Facts about a principal from outside: which values of identity conditions it cannot have. A wildcard in a
 * literal value is a character.
 */
export interface Stranger {
  /** `key` canonical */
  readonly lacks: (key: string, value: string, isLiteral: boolean) => boolean;
  /** keys that it may lack */
  readonly mayLack: ReadonlySet<string>;
  /** keys that it always has */
  readonly has: ReadonlySet<string>;
  /** true if all of its values of a key match a pattern; `key` canonical */
  readonly fits: (key: string, pattern: string) => boolean;
  /** the same somebody without an account, if a condition is about such; null: there are none */
  readonly guest: { readonly isMeant: (atom: Atom) => boolean; readonly as: Stranger } | null;
}

/** What remains of a condition for a stranger. */
export function asStranger(open: Formula, stranger: Stranger): Formula {
  const { guest } = stranger;
  const who = guest !== null && atomsIn(open).some(guest.isMeant) ? guest.as : stranger;
  return withAtoms(open, (atom) => metBy(atom, who));
}

function metBy(atom: Atom, { lacks, mayLack, has, fits }: Stranger): Formula {
  const { operator, operatorText, key, values } = atom.clause;
  if (!operator) return atom;
  if (operator.base.family.name === 'like' && values.some(({ text }) => fits(atom.canonical, text)))
    return !operator.base.negated;
  if (operator.base.family.name === 'null')
    return has.has(atom.canonical) ? values.some(({ text }) => text.toLowerCase() === 'false') : atom;
  const isLiteral = LITERAL.has(operator.base.family.name);
  const left = values.map(({ text }) => text).filter((text) => !lacks(atom.canonical, text, isLiteral));
  if (left.length === values.length) return atom;
  if (left.length > 0) return simpleAtom(operatorText, key, left, atom.service);
  if (operator.base.negated) return true;
  return mayLack.has(atom.canonical) && (operator.ifExists || operator.set === 'ForAllValues');
}

const LITERAL: ReadonlySet<string> = new Set(['exact', 'ignoreCase']);
const NONE: ReadonlySet<string> = new Set();
/** `sts:AssumeRole` is signed, and every signed request has these. */
const SIGNED: ReadonlySet<string> = new Set(
  ['principalaccount', 'principalarn', 'principaltype', 'userid'].map((key) => `aws:${key}`),
);
const ANONYMOUS = 'Anonymous';
const ORG_KEYS: ReadonlySet<string> = new Set(['aws:principalorgid', 'aws:principalorgpaths']);

/**
 * A principal of another account: of this account only, of this organisation, or of no account that is named. Keys
 * about accounts and organisations:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
 */
export function strangerOf(who: {
  readonly account: string | null;
  readonly organization: string | null;
  /** the ids of the audited account's users and roles */
  readonly ownIds: ReadonlySet<string>;
}): Stranger {
  const lacks = (key: string, value: string): boolean => {
    if (key === 'aws:principaltype') return value === ANONYMOUS;
    if (key === 'aws:userid' && who.ownIds.has(idIn(value))) return true;
    const named = namedIn(key, value);
    if (named === null) return false;
    if (!ORG_KEYS.has(key)) return named !== who.account;
    // the organisation of an account that is named is not known
    return who.account === null && named !== who.organization;
  };
  const fits = (key: string, pattern: string): boolean =>
    key === 'aws:principalorgpaths' && who.organization !== null && pattern === `${who.organization}/*`;
  const mayLack = who.organization === null ? ORG_KEYS : NONE;
  return { lacks, mayLack, has: SIGNED, fits, guest: null };
}

/** The account or organisation that a value contains; null: it may belong to any, or the key is about neither. */
export function namedIn(key: string, value: string): string | null {
  const named = NAMED_IN.get(key)?.(value) ?? '';
  return named === '' || /[*?$]/.test(named) ? null : named;
}

/** By key. */
const NAMED_IN: ReadonlyMap<string, (value: string) => string> = new Map([
  ['aws:principalaccount', (value) => value],
  ['aws:principalorgid', (value) => value],
  ['aws:principalorgpaths', (value) => value.split('/')[0] ?? ''],
  ['aws:principalarn', (value) => value.split(':')[4] ?? ''],
  // the user id of a root user is the account's number; that of a federated user begins with it
  ['aws:userid', (value) => (/^\d{12}$/.test(idIn(value)) ? idIn(value) : '')],
]);

/**
 * The id of a user, role or account that a user id begins with.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 */
const idIn = (value: string): string => value.split(':')[0] ?? '';

/**
 * A stranger with a token of a shared provider, as another customer of it has one. Each token has a subject and an
 * audience.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html#manage-oidc-provider-prerequisites
 */
export function strangerAt(provider: string): Stranger {
  const has: ReadonlySet<string> = new Set(['aud', 'sub'].map((claim) => `${provider}:${claim}`));
  const fits = (key: string, pattern: string): boolean => has.has(key) && /^\*+$/.test(pattern);
  const lacks: Stranger['lacks'] = (key, value, isLiteral) =>
    keepsStrangersOut(provider, key, value, isLiteral);
  const guest = provider === COGNITO ? { isMeant: isOfGuests, as: guestOf({ has, fits }) } : null;
  return { lacks, mayLack: NONE, has, fits, guest };
}

const COGNITO = 'cognito-identity.amazonaws.com';
const GUESTS = 'unauthenticated';

/**
 * An identity pool of Cognito may admit guests: everybody who knows its id, which is in the app. Its id then keeps
 * nobody out.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
const isOfGuests = ({ canonical, clause: { operator, values } }: Atom): boolean =>
  canonical === `${COGNITO}:amr` &&
  operator?.base.negated === false &&
  values.some(({ text }) => matches(glob(text), GUESTS));

function guestOf(token: Pick<Stranger, 'has' | 'fits'>): Stranger {
  const lacks: Stranger['lacks'] = (key, value) => key === `${COGNITO}:amr` && !matches(glob(value), GUESTS);
  return { ...token, lacks, mayLack: NONE, guest: null };
}
