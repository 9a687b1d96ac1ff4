import { type CompiledPolicy, type CompiledStatement, statementsFor } from '../evaluator/compile.ts';
import { parsePrincipalArn } from '../evaluator/principal.ts';
import { isIdentityKey } from '../matrix/account/subject-keys.ts';
import { relevantClause } from '../matrix/classes/relevant.ts';
import { ASSUME_ROLE, ASSUMING } from '../matrix/paths/assuming.ts';
import { allowedPrincipals } from '../policy/allowed-principals.ts';
import { isVariable } from '../policy/variables.ts';
import type { PolicyRecord } from '../snapshot/snapshot.ts';

/** The principals that the Allows of a trust policy name. */
export const letInBy = (trust: CompiledPolicy | undefined) =>
  allowedPrincipals(trust ? statementsFor(trust, ASSUME_ROLE) : []);

/** Users and roles by their ARN or id; other entries are found by account. */
export function trustEntries(trust: CompiledPolicy): ReadonlySet<string> {
  const isOne = (entry: string): boolean => /^arn:[^:]*:iam::\d{12}:(user|role)\//.test(entry);
  return new Set(
    letInBy(trust).flatMap(({ any, aws }) => [
      ...(any ? ['*'] : []),
      ...aws.map((entry) => (isOne(entry) ? entry : (accountOf(entry) ?? entry))),
    ]),
  );
}

/** Equal for all principals of one account. */
const OF_ACCOUNT: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
]);

/**
 * True if the policy asks who the caller is, other than by naming its account, everybody, or the caller itself in an
 * Allow.
 */
export function asksWho({ statements, document }: CompiledPolicy): boolean {
  const keys = statements.flatMap(({ clauses }) =>
    clauses.flatMap((clause) => relevantClause(clause, 'sts').keys),
  );
  return (
    keys.some((key) => isIdentityKey(key) && !OF_ACCOUNT.has(key)) ||
    document.statements.some(
      ({ effect, principals }) => principals?.not || (effect !== 'Allow' && !principals?.any),
    )
  );
}

/** Null: it is an id, which may belong to any account. */
export const accountOf = (entry: string): string | null =>
  /^\d{12}$/.test(entry) ? entry : (parsePrincipalArn(entry)?.account ?? null);

/**
 * A policy without statements that are not about assuming roles. Statements that cannot be read with certainty stay.
 * One statement always stays, since an empty boundary or level would have another meaning.
 */
export function aboutTaking(record: PolicyRecord, policy: CompiledPolicy): PolicyRecord {
  const { document } = record;
  if (policy.document.malformed || typeof document !== 'object' || document === null) return record;
  const listed = 'Statement' in document ? document.Statement : [];
  const all: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
  const said = new Set(ASSUMING.flatMap((action) => statementsFor(policy, action)).map(({ index }) => index));
  const kept = all.filter((_, index) => said.has(index));
  return { ...record, document: { ...document, Statement: kept.length > 0 ? kept : all.slice(0, 1) } };
}

/** True if the policy is about assuming roles. */
export const isAboutTaking = (policy: CompiledPolicy): boolean =>
  ASSUMING.some((action) => statementsFor(policy, action).length > 0);

/** True if an Allow of these policies may be about a role of another account. */
export function mayTakeElsewhere(policies: readonly CompiledPolicy[], accountId: string): boolean {
  return policies.some((policy) =>
    statementsFor(policy, ASSUME_ROLE).some(
      (statement) => statement.effect === 'Allow' && meansElsewhere(statement, accountId),
    ),
  );
}

/** The account of a pattern is its fifth part: variables can only follow it. */
function meansElsewhere({ resources, notResources }: CompiledStatement, accountId: string): boolean {
  if (!resources || notResources) return true;
  return resources.some(({ template: { parts } }) => {
    const [first] = parts;
    const text = first === undefined || isVariable(first) ? '' : first.text;
    return text.split(':')[4] !== accountId;
  });
}
