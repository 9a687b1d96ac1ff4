import type { ConditionTerm } from '../evaluator/decision.ts';
import { instanceCount } from '../matrix/answers/find-groups.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import type { ConditionClause, Statement } from '../policy/statement.ts';
import type { Facts } from './facts.ts';
import type { Severity } from './finding.ts';
import { coversAction } from './statements.ts';

/** From the mildest to the worst. */
export const SEVERITIES = [
  'info',
  'low',
  'medium',
  'high',
  'critical',
] as const satisfies readonly Severity[];

/** What raised or lowered the severity of cells, and the severity that came out. */
export interface Weight {
  readonly severity: Severity;
  readonly external: boolean;
  readonly reachesProd: boolean;
  readonly allInstances: boolean;
  /** every route needs MFA or ends at a date */
  readonly guarded: boolean;
}

/**
 * The base, one step up when the principal is of another account or reaches production or every instance, one step down
 * when every route needs MFA or ends at a date; never beyond the ends of the scale.
 */
export function weigh(facts: Facts, base: Severity, principal: number, cells: readonly CellGroup[]): Weight {
  const who = facts.matrix.principals[principal];
  const external = who?.kind === 'outside';
  const reached = new Map<PathId, number>();
  let reachesProd = false;
  for (const group of cells) {
    reachesProd ||= facts.count(group).prod > 0;
    reached.set(group.path, (reached.get(group.path) ?? 0) + instanceCount(group));
  }
  const allInstances = [...reached.values()].some((count) => count === facts.matrix.instances.length);
  const guarded = isGuarded(facts, who?.arn ?? '', cells);
  const up = external || reachesProd || allInstances ? 1 : 0;
  const at = SEVERITIES.indexOf(base) + up - (guarded ? 1 : 0);
  const severity = SEVERITIES[Math.max(0, Math.min(at, SEVERITIES.length - 1))] as Severity;
  return { severity, external, reachesProd, allInstances, guarded };
}

function isGuarded(facts: Facts, arn: string, cells: readonly CellGroup[]): boolean {
  if (cells.every((group) => routesAreGuarded(group))) return true;
  const role = facts.principals.get(arn);
  return role !== undefined && 'trust' in role && entryIsGuarded(facts, role.trust);
}

function routesAreGuarded({ outcome }: CellGroup): boolean {
  const routes = outcome.condition?.anyOf ?? [];
  return routes.length > 0 && routes.every((route) => route.allOf.some(isGuard));
}

const ASSUME = ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];

/** Nobody becomes the role without MFA, or after a date. */
function entryIsGuarded(facts: Facts, trust: string): boolean {
  const entries = (facts.policies.statements(trust) ?? []).filter(
    (one: Statement) => one.effect === 'Allow' && ASSUME.some((action) => coversAction(one, action)),
  );
  return entries.length > 0 && entries.every((one) => one.conditions.some(isGuard));
}

const BEFORE = /^(datelessthan|datelessthanequals|numericlessthan|numericlessthanequals)$/;
const IS_TRUE = /^(bool|stringequals|stringequalsignorecase|stringlike)$/;

/**
 * Does the term hold only with MFA, or only until a date? `BoolIfExists` does not count: long-term keys carry no
 * aws:MultiFactorAuthPresent, and IfExists lets them through.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
 */
function isGuard({ key, operator, values }: ConditionTerm | ConditionClause): boolean {
  const test = operator.toLowerCase().replace(/^for(any|all)values?:/, '');
  const all = (value: string) => values.length > 0 && values.every((v) => v.toLowerCase() === value);
  switch (key.toLowerCase()) {
    case 'aws:multifactorauthpresent':
      return IS_TRUE.test(test) && !operator.toLowerCase().startsWith('forall') && all('true');
    case 'aws:multifactorauthage':
      return (
        (test.startsWith('numeric') && !test.endsWith('ifexists') && !test.includes('not')) ||
        (test === 'null' && all('false'))
      );
    case 'aws:currenttime':
    case 'aws:epochtime':
      return BEFORE.test(test);
    default:
      return false;
  }
}
