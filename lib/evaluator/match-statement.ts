import type { PrincipalElement } from '../policy/principal.ts';
import type { CompiledPolicy, CompiledStatement } from './compile.ts';
import { statementsIn } from './compile.ts';
import { type CompiledClause, compileClause } from './conditions/clause.ts';
import { evaluateClause } from './conditions/evaluate-clause.ts';
import type { Context } from './context.ts';
import type { Layer, StatementRef } from './decision.ts';
import { and, assume, type Formula, not, or } from './formula.ts';
import { matchesResource } from './match-resource.ts';
import { isSpared, type NamedAs, namesOf, type Principal, sessionsOf } from './principal.ts';

/** One authorisation question. `resource` is `*` for an action that cannot be limited to a resource. */
export interface Question {
  readonly principal: Principal;
  /** lower case */
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
  /** the principal has a permissions boundary */
  readonly bounded: boolean;
}

/** A statement that may apply, and when. */
export interface Match {
  readonly ref: StatementRef;
  readonly applies: Formula;
  /** how a resource policy's Allow names the principal */
  readonly names: ReadonlySet<NamedAs>;
}

/** The answer of one layer's policies to one question. */
export interface LayerAnswer {
  readonly allow: Formula;
  readonly deny: Formula;
  readonly matches: readonly Match[];
}

export const NO_NAMES: ReadonlySet<NamedAs> = new Set();
export const SILENT: LayerAnswer = { allow: false, deny: false, matches: [] };

/** All policies of one layer (or of one level of it): an Allow in any of them allows, a Deny in any denies. */
export function ask(policies: readonly CompiledPolicy[], layer: Layer, question: Question): LayerAnswer {
  let found: Match[] | null = null;
  for (const { policy, statement } of statementsIn(policies, question.action)) {
    const covered = coversResource(statement, question);
    if (covered === false) continue;
    for (const { names, when } of principalNames(statement, question)) {
      const match = matchWith(policy, statement, layer, {
        names,
        resource: () => fits(statement, question, when, covered),
        clause: (clause) => evaluateClause(clause, question.context),
      });
      if (match) {
        found ??= [];
        found.push(match);
      }
    }
  }
  return found ? answerOf(found) : SILENT;
}

function answerOf(matches: readonly Match[]): LayerAnswer {
  let allow: Formula = false;
  let deny: Formula = false;
  for (const { ref, applies } of matches) {
    if (ref.effect === 'Allow') allow = or(allow, applies);
    else deny = or(deny, applies);
  }
  return { allow, deny, matches };
}

/**
 * The condition under which the statement applies to the resource (`covered`) and the principal (`named`).
 */
function fits(statement: CompiledStatement, question: Question, named: Formula, covered: Formula): Formula {
  const both = named === true ? covered : and(named, covered);
  if (!isListedWithoutAccount(statement, question)) return both;
  return and(both, assume('notprincipal-without-account', true));
}

/**
 * NotPrincipal that lists a principal without its account might still deny it: it is assumed to.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function isListedWithoutAccount({ principals }: CompiledStatement, question: Question): boolean {
  if (!principals?.not || question.bounded) return false;
  const listed = namesOf(principals, question.principal);
  return listed.size > 0 && !listed.has('account');
}

/** The results of the parts of a statement that depend on the request. */
export interface Matcher {
  /** how the statement names the principal */
  readonly names: ReadonlySet<NamedAs>;
  readonly resource: () => Formula;
  readonly clause: (clause: CompiledClause) => Formula;
}

/** The condition under which a statement with a matching action and principal applies; null: never. */
export function matchWith(
  policy: CompiledPolicy,
  statement: CompiledStatement,
  layer: Layer,
  matcher: Matcher,
): Match | null {
  const { document } = policy;
  const isAllow = statement.effect === 'Allow';
  if (isAllow && document.malformed && !document.duplicateKeys) return null;
  let applies = matcher.resource();
  if (applies === false) return null;
  if (statement.emptyOperators) applies = and(applies, assume('empty-condition-operator', true));
  for (const clause of statement.clauses) {
    applies = and(applies, matcher.clause(clause));
    if (applies === false) return null;
  }
  if (policy.code) applies = and(applies, assume(policy.code, true));
  if (document.malformed) applies = and(applies, refused(policy, isAllow));
  const ref = {
    policy: policy.name,
    statement: statement.index,
    sid: statement.sid,
    effect: isAllow ? 'Allow' : 'Deny',
    layer,
  } as const;
  return { ref, applies, names: matcher.names };
}

/**
 * IAM refuses to store a malformed policy: its Allow grants nothing, its Deny makes the verdict uncertain.
 */
function refused(policy: CompiledPolicy, isAllow: boolean): Formula {
  const twice = policy.document.duplicateKeys ? assume('duplicate-json-key', false) : false;
  return isAllow ? twice : or(twice, assume('malformed-policy', false));
}

/** The names of the principal in a statement, with their conditions. */
interface NamedWhen {
  readonly names: ReadonlySet<NamedAs>;
  readonly when: Formula;
}

const UNNAMED: readonly NamedWhen[] = [{ names: NO_NAMES, when: true }];
const NOBODY: readonly NamedWhen[] = [];
const AS_SESSION: ReadonlySet<NamedAs> = new Set(['session']);

/**
 * How the statement names the principal; empty if it does not apply. Only resource policies name principals.
 */
function principalNames(statement: CompiledStatement, question: Question): readonly NamedWhen[] {
  const { principals } = statement;
  if (!principals) return UNNAMED;
  if (principals.not) {
    // "NotPrincipal with Deny denies all principals that have a permissions boundary", whatever it lists
    const spared = !question.bounded && isSpared(principals, question.principal);
    return spared ? NOBODY : UNNAMED;
  }
  const names = namesOf(principals, question.principal);
  const named: readonly NamedWhen[] = names.size === 0 ? NOBODY : [{ names, when: true }];
  const session = sessionClause(principals, question.principal);
  if (!session) return named;
  const when = evaluateClause(session, question.context);
  return when === false ? named : [...named, { names: AS_SESSION, when }];
}

/**
 * The condition for an element that names single sessions of a role: `aws:userid` is the role's id and the
 * session's name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 */
function sessionClause(element: PrincipalElement, principal: Principal): CompiledClause | null {
  const sessions = sessionsOf(element, principal);
  if (sessions.length === 0) return null;
  const escaped = sessions.map((name) => name.replace(/[*?]/g, (char) => `\${${char}}`));
  return principal.id === null
    ? compileClause(
        'StringLike',
        'aws:userid',
        escaped.map((name) => `*:${name}`),
        true,
      )
    : compileClause(
        'StringEquals',
        'aws:userid',
        sessions.map((name) => `${principal.id}:${name}`),
        false,
      );
}

/** Whether the statement covers the resource of the request. */
export function coversResource(statement: CompiledStatement, question: Question): Formula {
  const { resources, notResources } = statement;
  if (!resources) return true;
  let any: Formula = false;
  for (const pattern of resources) {
    any = or(any, matchesResource(pattern, question.resource, question.context, notResources));
    if (any === true) break;
  }
  return notResources ? not(any) : any;
}
