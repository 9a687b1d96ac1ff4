import { parseOperator } from '../evaluator/conditions/operators.ts';
import type { ConditionTerm } from '../evaluator/decision.ts';
import type { PrincipalKind } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import type { ConditionClause, Statement } from '../policy/statement.ts';
import type { Facts } from './facts.ts';
import type { Severity } from './finding.ts';
import type { AccessHit } from './rule.ts';
import { graverBy } from './severities.ts';
import { coversAction } from './statements.ts';

/**
 * The reach of a holder: `wide` is every instance or at least half of production, `narrow` less than a
 * hundredth of it.
 */
type Reach = 'wide' | 'production' | 'narrow';

/** What raised or lowered the severity of one holder's cells, and the result. */
export interface Weight {
  readonly severity: Severity;
  readonly kind: PrincipalKind;
  readonly reach: Reach;
  /** every route needs MFA or ends at a date */
  readonly guarded: boolean;
}

/** Steps from the base by kind of holder and reach; `aws` holds no findings. */
const STEPS: Readonly<Record<PrincipalKind, Readonly<Record<Reach, number>>>> = {
  outside: { wide: 1, production: 1, narrow: 1 },
  person: { wide: 1, production: 0, narrow: -1 },
  machine: { wide: 0, production: -1, narrow: -1 },
  aws: { wide: 0, production: -1, narrow: -1 },
};

/**
 * The base, moved by the kind of holder and its reach, one step down if every route needs MFA or ends at a
 * date. The reach is that of the cells through one cause; other routes to the rest need MFA as well, or it is no limit.
 */
export function weigh(facts: Facts, hit: AccessHit, through: readonly CellGroup[]): Weight {
  const { rule, principal, cells, broad = false } = hit;
  const kind = facts.kindOf(principal);
  const got = reachOf(facts, through);
  // access to every instance of a region includes future production there
  const reach = broad && got === 'narrow' ? 'production' : got;
  const guarded = isGuarded(facts, facts.matrix.principals[principal]?.arn ?? '', cells);
  const severity = graverBy(rule.severity, STEPS[kind][reach] - (guarded ? 1 : 0));
  return { severity, kind, reach, guarded };
}

function reachOf(facts: Facts, cells: readonly CellGroup[]): Reach {
  const { all, prod } = facts.countAll(cells);
  if (all === facts.matrix.instances.length || (prod > 0 && 2 * prod >= facts.totals.prod)) return 'wide';
  return prod > 0 && 100 * prod >= facts.totals.prod ? 'production' : 'narrow';
}

const REACHES: Readonly<Record<Reach, string>> = {
  wide: 'reaches every instance, or at least half of production',
  production: 'reaches production, or every instance of a region, and less than half of production',
  narrow: 'reaches no production, or less than a hundredth of it',
};

const WHO: Readonly<Record<PrincipalKind, string>> = {
  outside: 'a principal from outside the account',
  person: 'a person',
  machine: 'only machines, of which one',
  aws: 'AWS',
};

/** The sentence about what moved the severity. */
export function weightSentence({ severity, kind, reach, guarded }: Weight): string {
  const mfa = guarded ? ', and every route needs MFA or ends at a date' : '';
  return `${severity} because it is held by ${WHO[kind]} who ${REACHES[reach]}${mfa}`.replace(
    'one who',
    'one',
  );
}

function isGuarded(facts: Facts, arn: string, cells: readonly CellGroup[], test = isGuard): boolean {
  if (cells.every((group) => routesAreGuarded(group, test))) return true;
  const role = facts.principals.get(arn);
  return role !== undefined && 'trust' in role && entryIsGuarded(facts, role.trust, test);
}

type Test = (term: ConditionTerm | ConditionClause) => boolean;

/** True if every route to these cells requires MFA, when entering the role or at the end. */
export const asksForMfa = (facts: Facts, arn: string, cells: readonly CellGroup[]): boolean =>
  isGuarded(facts, arn, cells, isMfa);

function routesAreGuarded({ outcome }: CellGroup, test: Test): boolean {
  const routes = outcome.condition?.anyOf ?? [];
  return routes.length > 0 && routes.every((route) => route.allOf.some(test));
}

const ASSUME = ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];

/** True if nobody can enter the role without MFA, or after a date. */
function entryIsGuarded(facts: Facts, trust: string, test: Test): boolean {
  const entries = (facts.policies.statements(trust) ?? []).filter(
    (one: Statement) => one.effect === 'Allow' && ASSUME.some((action) => coversAction(one, action)),
  );
  return entries.length > 0 && entries.every((one) => one.conditions.some(test));
}

const IS_TRUE = /^(bool|stringequals|stringequalsignorecase|stringlike)$/;

/** True if the term requires MFA, or ends at a date. */
function isGuard(term: ConditionTerm | ConditionClause): boolean {
  const { key, operator } = term;
  const ends = /^aws:(currenttime|epochtime)$/i.test(key);
  return isMfa(term) || (ends && parseOperator(operator)?.base.border === 'greatest');
}

const withoutSet = (operator: string): string => operator.toLowerCase().replace(/^for(any|all)values?:/, '');

/**
 * True if the term requires MFA. `BoolIfExists` does not count: requests with long-term keys have no
 * aws:MultiFactorAuthPresent, and IfExists lets them pass.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
 */
function isMfa({ key, operator, values }: ConditionTerm | ConditionClause): boolean {
  const test = withoutSet(operator);
  const all = (value: string) => values.length > 0 && values.every((v) => v.toLowerCase() === value);
  switch (key.toLowerCase()) {
    case 'aws:multifactorauthpresent':
      return IS_TRUE.test(test) && !operator.toLowerCase().startsWith('forall') && all('true');
    case 'aws:multifactorauthage':
      return (
        (test.startsWith('numeric') && !test.endsWith('ifexists') && !test.includes('not')) ||
        (test === 'null' && all('false'))
      );
    default:
      return false;
  }
}
