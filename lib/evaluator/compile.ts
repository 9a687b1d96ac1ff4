import type { DocumentKind, PolicyDocument } from '../policy/document.ts';
import type { PrincipalElement } from '../policy/principal.ts';
import type { Statement } from '../policy/statement.ts';
import { type CompiledClause, compileClause } from './conditions/clause.ts';
import type { Uncertainty } from './decision.ts';
import { type ActionPatterns, compileActions, matchesAction } from './match-action.ts';
import { compileResource, type ResourcePattern } from './match-resource.ts';

/** A statement ready for matching; `inert` ones never apply. */
export interface CompiledStatement {
  readonly index: number;
  readonly sid: string | null;
  /** null is treated as a Deny that cannot be read: it only makes a verdict uncertain */
  readonly effect: 'Allow' | 'Deny' | null;
  readonly actions: ActionPatterns;
  readonly notActions: boolean;
  readonly actionsMissing: boolean;
  /** null: the resource that the policy is attached to */
  readonly resources: readonly ResourcePattern[] | null;
  readonly notResources: boolean;
  readonly principals: PrincipalElement | null;
  readonly clauses: readonly CompiledClause[];
  readonly emptyOperators: boolean;
  readonly inert: boolean;
}

/** A policy compiled once and evaluated many times. */
export interface CompiledPolicy {
  readonly name: string;
  readonly kind: DocumentKind;
  readonly document: PolicyDocument;
  readonly statements: readonly CompiledStatement[];
  /** a code for every result that depends on it */
  readonly code?: Uncertainty | null;
  /**
   * the statements whose Action covers an action, by its lower-case name; under `ec2`, for example, none if
   * the policy does not mention the service; filled on demand
   */
  readonly byAction: Map<string, readonly CompiledStatement[]>;
}

export function compilePolicy(document: PolicyDocument, name: string, kind: DocumentKind): CompiledPolicy {
  const variables = document.version === '2012-10-17';
  const statements = document.statements.map((statement) => compileStatement(statement, kind, variables));
  return { name, kind, document, statements, byAction: new Map() };
}

function compileStatement(statement: Statement, kind: DocumentKind, variables: boolean): CompiledStatement {
  const bound = kind === 'resource' || kind === 'trust';
  return {
    index: statement.index,
    sid: statement.sid,
    effect: statement.effect,
    actions: compileActions(statement.actions),
    notActions: statement.notActions,
    actionsMissing: statement.actions.length === 0,
    resources:
      statement.resources?.map((entry) => compileResource(entry, variables, impliesRest(entry, kind))) ??
      null,
    notResources: statement.notResources,
    principals: statement.principals,
    clauses: statement.conditions.map(({ operator, key, values }) =>
      compileClause(operator, key, values, variables),
    ),
    emptyOperators: statement.emptyOperators.length > 0,
    inert: bound || kind === 'rcp' ? statement.principals === null : statement.principals !== null,
  };
}

/**
 * Policies in which an ARN with missing parts ends in `*`: a resource's own policy only if the ARN has a
 * wildcard.
 */
function impliesRest(entry: string, kind: DocumentKind): boolean {
  return kind === 'identity' || kind === 'scp' || (kind === 'resource' && entry.includes('*'));
}

/** `action` in lower case. */
export function statementsFor(policy: CompiledPolicy, action: string): readonly CompiledStatement[] {
  const { byAction } = policy;
  const known = byAction.get(action);
  if (known) return known;
  // a policy mentions few services: the empty result is cached once per service
  const service = serviceOf(action);
  if (byAction.get(service) === NO_STATEMENTS) return NO_STATEMENTS;
  const { statements } = policy;
  const covering = statements.filter((statement) => !statement.inert && coversAction(statement, action));
  if (covering.length > 0) {
    const found = covering.length === statements.length ? statements : covering;
    byAction.set(action, found);
    return found;
  }
  // a name without a service is not an action and is not cached: `ec2` means the service
  if (service !== '')
    byAction.set(statements.some((one) => speaksOf(one, service)) ? action : service, NO_STATEMENTS);
  return NO_STATEMENTS;
}

/** True if any Allow of the policy covers the action, for any principal and under any condition. */
export function allowsSome(policy: CompiledPolicy | undefined, action: string): boolean {
  return (
    policy !== undefined &&
    statementsFor(policy, action.toLowerCase()).some(({ effect }) => effect === 'Allow')
  );
}

/**
 * Thousands of policies are evaluated for hundreds of actions; most cover none of them, or all statements do.
 */
const NO_STATEMENTS: readonly CompiledStatement[] = [];

/**
 * True if a policy may have a statement on some action of the service. Checked before many single actions.
 */
export function saysSomethingOf({ byAction, statements }: CompiledPolicy, service: string): boolean {
  if (byAction.get(service) === NO_STATEMENTS) return false;
  const says = statements.some((one) => speaksOf(one, service));
  if (!says) byAction.set(service, NO_STATEMENTS);
  return says;
}

/** The service of an action; empty if it has none. */
export function serviceOf(action: string): string {
  return action.slice(0, Math.max(action.indexOf(':'), 0));
}

/** True if a statement may cover some action of the service. */
function speaksOf(
  { inert, actions, notActions, actionsMissing }: CompiledStatement,
  service: string,
): boolean {
  return !inert && (actionsMissing || notActions || actions.has('') || actions.has(`${service}:`));
}

/** A statement with its policy. */
interface Stated {
  readonly policy: CompiledPolicy;
  readonly statement: CompiledStatement;
}

const lastAsked = new WeakMap<
  readonly CompiledPolicy[],
  { readonly action: string; readonly found: readonly Stated[] }
>();

/**
 * The same for several policies. One action is evaluated on many resources in a row: the last result is
 * cached.
 */
export function statementsIn(policies: readonly CompiledPolicy[], action: string): readonly Stated[] {
  // a list of one policy is usually temporary
  if (policies.length < 2) return statedIn(policies, action);
  let last = lastAsked.get(policies);
  if (last?.action !== action) {
    last = { action, found: statedIn(policies, action) };
    lastAsked.set(policies, last);
  }
  return last.found;
}

function statedIn(policies: readonly CompiledPolicy[], action: string): readonly Stated[] {
  let found: Stated[] | null = null;
  for (const policy of policies) {
    for (const statement of statementsFor(policy, action)) {
      found ??= [];
      found.push({ policy, statement });
    }
  }
  return found ?? NONE;
}

const NONE: readonly Stated[] = [];

/** A statement without any action is malformed and may have been meant for any. */
function coversAction(statement: CompiledStatement, action: string): boolean {
  if (statement.actionsMissing) return true;
  return matchesAction(statement.actions, action) !== statement.notActions;
}
