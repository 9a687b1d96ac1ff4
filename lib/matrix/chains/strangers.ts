import { withAtoms } from '../../evaluator/atoms.ts';
import { simpleAtom } from '../../evaluator/conditions/atom.ts';
import type { Atom, Formula } from '../../evaluator/formula.ts';
import { keepsStrangersOut } from '../../reference/shared-oidc-providers.ts';

/** What is known of a principal from outside: values of identity keys that it cannot have. */
export interface Stranger {
  /** true if it cannot have this value; `key` canonical */
  readonly lacks: (key: string, value: string) => boolean;
  /** keys that it may lack */
  readonly mayLack: ReadonlySet<string>;
  /** keys that it always has */
  readonly has: ReadonlySet<string>;
  /** true if all of its values of a key match a pattern; `key` canonical */
  readonly fits: (key: string, pattern: string) => boolean;
}

/** What remains of a condition for a stranger. */
export function asStranger(open: Formula, stranger: Stranger): Formula {
  return withAtoms(open, (atom) => metBy(atom, stranger));
}

function metBy(atom: Atom, { lacks, mayLack, has, fits }: Stranger): Formula {
  const { operator, operatorText, key, values } = atom.clause;
  if (!operator) return atom;
  if (operator.base.family.name === 'like' && values.some(({ text }) => fits(atom.canonical, text)))
    return !operator.base.negated;
  if (operator.base.family.name === 'null')
    return has.has(atom.canonical) ? values.some(({ text }) => text.toLowerCase() === 'false') : atom;
  const left = values.map(({ text }) => text).filter((text) => !lacks(atom.canonical, text));
  if (left.length === values.length) return atom;
  if (left.length > 0) return simpleAtom(operatorText, key, left, atom.service);
  if (operator.base.negated) return true;
  return mayLack.has(atom.canonical) && (operator.ifExists || operator.set === 'ForAllValues');
}

const NONE: ReadonlySet<string> = new Set();
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
    if (key === 'aws:userid' && who.ownIds.has(idIn(value))) return true;
    const named = namedIn(key, value);
    if (named === null) return false;
    if (!ORG_KEYS.has(key)) return named !== who.account;
    // the organisation of an account that is named is not known
    return who.account === null && named !== who.organization;
  };
  const fits = (key: string, pattern: string): boolean =>
    key === 'aws:principalorgpaths' && who.organization !== null && pattern === `${who.organization}/*`;
  return { lacks, mayLack: who.organization === null ? ORG_KEYS : NONE, has: NONE, fits };
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
  const has = new Set(['aud', 'sub'].map((claim) => `${provider}:${claim}`));
  const fits = (key: string, pattern: string): boolean => has.has(key) && /^\*+$/.test(pattern);
  return { lacks: (key, value) => keepsStrangersOut(provider, key, value), mayLack: NONE, has, fits };
}
