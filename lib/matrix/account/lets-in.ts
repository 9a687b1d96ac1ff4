import type { CompiledClause } from '../../evaluator/conditions/clause.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import { allowedPrincipals } from '../../policy/allowed-principals.ts';
import type { Statement } from '../../policy/statement.ts';
import { servicePrincipalNames } from '../../reference/service-principals.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from './account.ts';
import { missingTrust } from './not-collected.ts';

/** True if the role's trust policy lets in that service, under any of its names, for something of this account. */
export function letsIn(role: Role, service: string, account: Account): boolean {
  const { accountId, partition } = account.snapshot;
  const statements = account.policies.get(role.trust)?.statements ?? [];
  const ofAccount = statements.filter(({ clauses }) =>
    clauses.every((clause) => isOfAccount(clause, accountId)),
  );
  return namesService(ofAccount, service, partition);
}

/**
 * True if an Allow of a trust policy names the service, under any of its names, or everybody. Cognito comes with tokens
 * of its own, so it is a federated principal.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
export function namesService(
  statements: readonly Pick<Statement, 'effect' | 'principals'>[],
  service: string,
  partition: string,
): boolean {
  const names = servicePrincipalNames(service, partition);
  return allowedPrincipals(statements).some(
    ({ any, service: services, federated }) =>
      any || names.some((name) => services.includes(name) || federated.includes(name)),
  );
}

/** The same; null: the trust policy was not read. */
export function mayLetIn(role: Role, service: string, account: Account): boolean | null {
  return missingTrust(role, account.policies) === null ? letsIn(role, service, account) : null;
}

/** Roles that EC2 can hand out, or may if their trust policies were not read. */
export interface HandedOut {
  /** by ARN: the number among the principals */
  readonly numbers: ReadonlyMap<string, number>;
  /** by number: the call for a trust policy that was not read */
  readonly missing: ReadonlyMap<number, string>;
}

/**
 * An instance that carries another role has no credentials.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html
 */
export function handedOut(subjects: readonly Subject[], account: Account): HandedOut {
  const numbers = new Map<string, number>();
  const missing = new Map<number, string>();
  for (const [number, { role }] of subjects.entries()) {
    if (!role || mayLetIn(role, 'ec2.amazonaws.com', account) === false) continue;
    numbers.set(role.arn, number);
    const call = missingTrust(role, account.policies);
    if (call !== null) missing.set(number, call);
  }
  return { numbers, missing };
}

/**
 * False if a condition asks for a resource of another account, on whose behalf the service calls.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html#prevent-cross-service-confused-deputy
 */
function isOfAccount(clause: CompiledClause, own: string): boolean {
  const key = clause.key.toLowerCase();
  if (key === 'aws:sourceaccount')
    return evaluateClause(clause, { service: 'sts', lookup: () => ({ values: [own] }) }) !== false;
  if (key !== 'aws:sourcearn' || !clause.operator || clause.operator.base.negated) return true;
  return clause.values.length === 0 || !clause.values.every(({ text }) => isOfAnother(text, own));
}

function isOfAnother(arn: string, own: string): boolean {
  const account = arn.split(':')[4] ?? '';
  return /^\d{12}$/.test(account) && account !== own;
}
