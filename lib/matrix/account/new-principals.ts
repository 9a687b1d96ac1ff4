import { type CompiledPolicy, statementsFor } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { placeholderFor } from '../../policy/variables.ts';
import type { Role, User } from '../../snapshot/snapshot.ts';
import type { NewPrincipal } from '../paths/escalation.ts';
import { NEW_NAME } from '../paths/placeholder-ids.ts';
import { type Account, type Subject, subjectOf } from './account.ts';
import { withAnyPolicy } from './hypothetical-principals.ts';
import { isAnyName, patternText } from './named-arns.ts';
import type { Target } from './target.ts';

/** A new user or role with any policy. */
export interface Newcomer {
  readonly kind: NewPrincipal;
  readonly subject: Subject;
  /** null: a user */
  readonly role: Role | null;
  /** its ARN in the requests that create and change it */
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

/** The newcomer with that ARN. */
export function newcomerOf(arn: string, account: Account): Newcomer | undefined {
  return [...newcomers('new-user', account), ...newcomers('new-role', account)].find(
    (one) => one.subject.arn === arn,
  );
}

function findAll(kind: NewPrincipal, account: Account): readonly Newcomer[] {
  const { partition, accountId, users, roles } = account.snapshot;
  const type = kind === 'new-user' ? 'user' : 'role';
  const policies = new Set(account.subjects.flatMap(({ layers }) => layers.identityPolicies));
  const boundaries = [null, ...boundariesIn(policies, account)];
  const taken = new Set([...users, ...roles].map(({ arn }) => arn));
  const prefix = `arn:${partition}:iam::${accountId}:${type}/`;
  const patterns = new Set([`${NEW_NAME}*`, ...namedIn(policies, type)]);
  const found = new Map<string, Newcomer>();
  for (const pattern of patterns)
    for (const [i, boundary] of boundaries.entries()) {
      const arn = `${prefix}${filled(pattern, i)}`;
      if (!taken.has(arn) && !found.has(arn)) found.set(arn, newcomer(kind, arn, boundary, account));
    }
  return [...found.values()];
}

/** Fills wildcards, so that each boundary gets its own name. */
const filled = (pattern: string, number: number): string =>
  pattern
    .replaceAll('?', 'x')
    .replaceAll(`${NEW_NAME}*`, number === 0 ? NEW_NAME : `${NEW_NAME}-${number}`)
    .replaceAll('*', `x${number || ''}`);

/** The names that Allows of `iam:CreateUser` or `iam:CreateRole` contain, without patterns for any name. */
function namedIn(policies: ReadonlySet<CompiledPolicy>, type: 'user' | 'role'): readonly string[] {
  return [...policies].flatMap((policy) =>
    statementsFor(policy, `iam:create${type}`).flatMap(({ effect, resources, notResources }) => {
      if (effect !== 'Allow' || !resources || notResources) return [];
      return resources.flatMap((pattern) => {
        const [, name = ''] = new RegExp(`:${type}/(.+)$`).exec(patternText(pattern) ?? '') ?? [];
        return isAnyName(name) || isCaller(name, type) ? [] : [name];
      });
    }),
  );
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
  return {
    kind,
    role,
    subject: { ...withAnyPolicy(made, account), missing: made.missing },
    target: { arn, tags: [], context: { 'iam:PermissionsBoundary': boundary } },
  };
}
