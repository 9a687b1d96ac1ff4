import { type CompiledPolicy, statementsFor } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { placeholderFor } from '../../policy/variables.ts';
import { glob, matches } from '../../policy/wildcard.ts';
import type { Role, User } from '../../snapshot/snapshot.ts';
import type { NewPrincipal } from '../paths/escalation.ts';
import { NEW_NAME } from '../paths/placeholder-ids.ts';
import { type Account, type Subject, subjectOf } from './account.ts';
import { isAnyName, patternText } from './named-arns.ts';
import type { Target } from './target.ts';

/** A new user or role without policies. */
export interface Newcomer {
  readonly kind: NewPrincipal;
  readonly subject: Subject;
  readonly identity: User | Role;
  /** in the requests that create and change it */
  readonly target: Target;
}

const known = new WeakMap<Account, ReadonlyMap<NewPrincipal, readonly Newcomer[]>>();

/**
 * Users or roles that a principal could create. Names: an unlikely one, and those in Allows of the account, with a
 * letter for each wildcard. Boundaries: none, and each that a condition of the account requires, if the name has a
 * wildcard to distinguish them.
 */
export function newcomers(kind: NewPrincipal, account: Account): readonly Newcomer[] {
  const all = remembered(
    known,
    account,
    () => new Map((['new-user', 'new-role'] as const).map((one) => [one, findAll(one, account)])),
  );
  return all.get(kind) ?? [];
}

const byArn = new WeakMap<Account, ReadonlyMap<string, Newcomer>>();

/** The newcomer with that ARN. */
export function newcomerOf(arn: string, account: Account): Newcomer | undefined {
  const all = remembered(byArn, account, () => {
    const found = [...newcomers('new-user', account), ...newcomers('new-role', account)];
    return new Map(found.map((one) => [one.identity.arn, one]));
  });
  return all.get(arn);
}

function findAll(kind: NewPrincipal, account: Account): readonly Newcomer[] {
  const { partition, accountId, users, roles } = account.snapshot;
  const type = kind === 'new-user' ? 'user' : 'role';
  const policies = new Set(account.subjects.flatMap(({ layers }) => layers.identityPolicies));
  const boundaries = [null, ...boundariesIn(policies, account)];
  const taken = new Set([...users, ...roles].map(({ arn }) => arn));
  const prefix = `arn:${partition}:iam::${accountId}:${type}/`;
  const patterns = new Set([
    `${NEW_NAME}*`,
    ...namedIn(policies, kind, account),
    ...namedAsCallers(decidingIn(account), type, account),
  ]);
  const found = new Map<string, Newcomer>();
  for (const pattern of patterns)
    for (const [i, boundary] of boundaries.entries()) {
      const arn = `${prefix}${filled(pattern, i)}`;
      if (!taken.has(arn) && !found.has(arn)) found.set(arn, newcomer(kind, arn, boundary, account));
    }
  return [...found.values()];
}

const decidingIn = ({ policies, guardrails }: Account): ReadonlySet<CompiledPolicy> =>
  new Set([...policies.values(), ...Object.values(guardrails).flat(2)]);

/** The names and boundaries of new principals that a policy contains; equal texts: the same. */
export function newcomersIn(policy: CompiledPolicy, account: Account): string {
  const alone = new Set([policy]);
  return JSON.stringify([
    namedIn(alone, 'new-user', account),
    namedIn(alone, 'new-role', account),
    namedAsCallers(alone, 'user', account),
    namedAsCallers(alone, 'role', account),
    boundariesIn(alone, account),
  ]);
}

/** Fills wildcards, so that each boundary gets its own name. */
const filled = (pattern: string, number: number): string =>
  pattern
    .replaceAll('?', 'x')
    .replaceAll(`${NEW_NAME}*`, number === 0 ? NEW_NAME : `${NEW_NAME}-${number}`)
    .replaceAll('*', `x${number || ''}`);

/** The actions whose Allows limit the names of new principals: those that create them or give them something. */
const NAMING_ACTIONS: Readonly<Record<NewPrincipal, readonly string[]>> = {
  'new-user': [
    ...['iam:createuser', 'iam:attachuserpolicy', 'iam:putuserpolicy'],
    ...['iam:createaccesskey', 'iam:createloginprofile'],
  ],
  'new-role': ['iam:createrole', 'iam:attachrolepolicy', 'iam:putrolepolicy'],
};

/** The names that such Allows contain, without patterns for any name. */
function namedIn(
  policies: ReadonlySet<CompiledPolicy>,
  kind: NewPrincipal,
  account: Account,
): readonly string[] {
  const type = kind === 'new-user' ? 'user' : 'role';
  const statements = [...policies].flatMap((policy) =>
    NAMING_ACTIONS[kind].flatMap((action) => statementsFor(policy, action)),
  );
  return [...new Set(statements)].flatMap(({ effect, resources, notResources }) => {
    if (effect !== 'Allow' || !resources || notResources) return [];
    return resources
      .flatMap((pattern) => nameIn(patternText(pattern) ?? '', type, account))
      .filter((name) => !isCaller(name, type));
  });
}

/**
 * The names of principals that conditions on `aws:PrincipalArn` contain: a new one of such a name may be exempt from a
 * guardrail, or let in by a trust policy.
 */
function namedAsCallers(
  policies: ReadonlySet<CompiledPolicy>,
  type: 'user' | 'role',
  account: Account,
): readonly string[] {
  const clauses = [...policies].flatMap(({ statements }) =>
    statements.flatMap((statement) => statement.clauses),
  );
  return clauses
    .filter(({ key }) => key.toLowerCase() === 'aws:principalarn')
    .flatMap(({ values }) => values.filter(({ template }) => !template.hasVariables))
    .flatMap(({ text }) => nameIn(text, type, account));
}

/** The name of a user or role of this account in the pattern of an ARN; none if it fits any name. */
function nameIn(text: string, type: 'user' | 'role', { snapshot }: Account): readonly string[] {
  const [, , , , owner = '', ...rest] = text.split(':');
  const [kind, ...names] = rest.join(':').split('/');
  const name = names.join('/');
  return kind === type && !isAnyName(name) && matches(glob(owner), snapshot.accountId) ? [name] : [];
}

/** A user with the name of the user that creates it is that user. */
function isCaller(name: string, type: 'user' | 'role'): boolean {
  return type === 'user' && name.slice(name.lastIndexOf('/') + 1) === placeholderFor(USERNAME);
}

const USERNAME = { key: 'aws:username', fallback: null };

/** The managed policies that conditions require as a boundary of new principals. */
function boundariesIn(policies: ReadonlySet<CompiledPolicy>, account: Account): readonly string[] {
  const clauses = [...policies].flatMap(({ statements }) =>
    statements.flatMap((statement) => statement.clauses),
  );
  const values = clauses
    .filter(({ key }) => key.toLowerCase() === 'iam:permissionsboundary')
    .flatMap((clause) => clause.values.map(({ text }) => text));
  return [...new Set(values)].filter((arn) => account.policies.has(arn));
}

function newcomer(kind: NewPrincipal, arn: string, boundary: string | null, account: Account): Newcomer {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const id = `${kind === 'new-user' ? 'AIDA' : 'AROA'}${NEW_NAME}`;
  const identity = { arn, name, id, path: '/', tags: [], policies: [], boundary };
  const user: User = { ...identity, groups: [] };
  const role: Role | null =
    kind === 'new-role' ? { ...identity, trust: `${arn}#`, maxSessionDuration: null, lastUsed: null } : null;
  const made = subjectOf(role ?? user, [], account) as Subject;
  return { kind, subject: made, identity: role ?? user, target: { arn, tags: [] } };
}
