import {
  type CompiledPolicy,
  type CompiledStatement,
  saysSomethingOf,
  serviceOf,
  statementsFor,
} from '../../evaluator/compile.ts';
import type { CompiledClause } from '../../evaluator/conditions/clause.ts';
import { canonicalKey } from '../../evaluator/context.ts';
import type { ResourcePattern } from '../../evaluator/match-resource.ts';
import { remembered } from '../../memory/remembered.ts';
import { isVariable, type Template } from '../../policy/variables.ts';
import type { Account } from '../account/account.ts';
import type { AuditedAccount } from '../account/audited-account.ts';
import { BOUNDARY_KEY } from '../account/boundary-keys.ts';
import { decidingPolicies } from '../account/gating-tags.ts';
import { INSTANCE_KEYS, VOLUME_KEYS } from '../account/resource-facts.ts';
import { PATH_ACTIONS, PATH_KINDS } from '../paths/path-actions.ts';
import { KEYS_OF_KINDS, type ResourceKind } from '../paths/resource-kinds.ts';

/** A condition in requests of a path, with the keys that it reads, also in variables. */
export interface RelevantClause {
  readonly clause: CompiledClause;
  readonly service: string;
  /** canonical */
  readonly keys: readonly string[];
  readonly hasVariables: boolean;
}

/** Everything in the account's policies that can separate instances or principals. */
export interface Relevant {
  readonly clauses: readonly RelevantClause[];
  readonly patterns: readonly ResourcePattern[];
  /** kinds of resources that the requests are on */
  readonly kinds: ReadonlySet<ResourceKind>;
}

/** The requests of paths. */
export interface PathRequests {
  readonly actions: readonly string[];
  readonly kinds: ReadonlySet<ResourceKind>;
}

const OF_PATHS: PathRequests = { actions: PATH_ACTIONS, kinds: PATH_KINDS };

/** `planned`: further policies to consider. */
export function relevantTo(
  account: Account,
  { actions, kinds }: PathRequests = OF_PATHS,
  planned: readonly CompiledPolicy[] = [],
): Relevant {
  const clauses = new Map<string, RelevantClause>();
  const patterns = new Set<ResourcePattern>();
  const ids = new Map<CompiledClause, number>();
  for (const { statement, service } of relevantStatements(account, actions, planned)) {
    for (const pattern of statement.resources ?? []) patterns.add(pattern);
    for (const clause of statement.clauses) {
      const id = remembered(ids, clause, () => ids.size);
      const key = `${id} ${service}`;
      if (!clauses.has(key)) clauses.set(key, relevantClause(clause, service));
    }
  }
  return { clauses: [...clauses.values()], patterns: [...patterns], kinds };
}

/** Everything that separates the instances, requests and sessions of an account. */
export const relevantIn = ({ account, planned }: AuditedAccount): Relevant =>
  relevantTo(account, OF_PATHS, planned);

/** Every statement on an action of a path, once for each service of such actions. */
export function* relevantStatements(
  account: Account,
  actions: readonly string[] = PATH_ACTIONS,
  planned: readonly CompiledPolicy[] = [],
): Generator<{ readonly statement: CompiledStatement; readonly service: string }> {
  const byService = Map.groupBy(
    actions.map((action) => action.toLowerCase()),
    serviceOf,
  );
  for (const policy of [...decidingPolicies(account), ...planned]) {
    for (const [service, names] of byService) {
      if (!saysSomethingOf(policy, service)) continue;
      const statements = new Set(names.flatMap((name) => statementsFor(policy, name)));
      for (const statement of statements) yield { statement, service };
    }
  }
}

export function relevantClause(clause: CompiledClause, service: string): RelevantClause {
  const variables = clause.values.flatMap((value) => variableKeys(value.template, service));
  const keys = [...new Set([canonicalKey(clause.key, service), ...variables])];
  return { clause, service, keys, hasVariables: clause.values.some((value) => value.template.hasVariables) };
}

export function variableKeys(template: Template, service: string): readonly string[] {
  return template.parts.filter(isVariable).map((variable) => canonicalKey(variable.key, service));
}

/** Keys that depend on the resource and region of a request, not on its caller. */
export function isPlaceKey(key: string): boolean {
  return key.startsWith('aws:resourcetag/') || PLACE_KEYS.has(key);
}

const PLACE_KEYS: ReadonlySet<string> = new Set([
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  'ec2:region',
  ...INSTANCE_KEYS,
  ...VOLUME_KEYS,
  'ec2-instance-connect:privateipaddress',
  'iam:associatedresourcearn',
  BOUNDARY_KEY,
  'iam:passedtoservice',
  ...KEYS_OF_KINDS,
]);
