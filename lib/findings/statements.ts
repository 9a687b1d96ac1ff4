import { type ActionPatterns, compileActions, matchesAction } from '../evaluator/match-action.ts';
import { isReservedTag } from '../matrix/account/reserved-tags.ts';
import { remembered } from '../memory/remembered.ts';
import type { ConditionClause, Statement } from '../policy/statement.ts';
import { glob, matches } from '../policy/wildcard.ts';
import { parsedPolicy } from '../snapshot/parsed-policy.ts';
import type { PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';

/** The policies of a snapshot by id, each parsed on demand. */
export interface PolicyIndex {
  readonly record: (id: string) => PolicyRecord | undefined;
  /** null: not collected, or too malformed to judge */
  readonly statements: (id: string) => readonly Statement[] | null;
}

export function indexPolicies(snapshot: Snapshot): PolicyIndex {
  const records = new Map(snapshot.policies.map((record) => [record.id, record]));
  return {
    record: (id) => records.get(id),
    statements: (id) => {
      const record = records.get(id);
      if (!record) return null;
      const policy = parsedPolicy(record);
      return policy.malformed ? null : policy.statements;
    },
  };
}

/** `*` and `?` as IAM has them, `text` as it is. */
export function likes(pattern: string, text: string): boolean {
  return matches(glob(pattern), text);
}

const patterns = new WeakMap<Statement, ActionPatterns>();
const patternsOf = (statement: Statement): ActionPatterns =>
  remembered(patterns, statement, () => compileActions(statement.actions));

/** True if the statement's Action (or NotAction) covers the action, case-insensitively. */
export function coversAction(statement: Statement, action: string): boolean {
  return matchesAction(patternsOf(statement), action.toLowerCase()) !== statement.notActions;
}

/** True if it covers every action of a service, including future ones. */
export function coversService(statement: Statement, service: string): boolean {
  if (!statement.notActions) return coversAction(statement, `${service}:\u0000`);
  const left = patternsOf(statement);
  return !left.has('') && !left.has(`${service}:`);
}

/**
 * True if the statement's Resource (or NotResource) covers the ARN. A statement without either covers
 * nothing.
 */
export function statementCovers(statement: Statement, arn: string): boolean {
  if (!statement.resources) return false;
  return statement.resources.some((pattern) => likes(pattern, arn)) !== statement.notResources;
}

const NARROWING = ['aws:resourcetag/', 'ec2:resourcetag/', 'ssm:resourcetag/', 'ec2:instanceid'];

/**
 * True if a condition of the statement selects resources by tag or id. `...IfExists` with `*` accepts
 * everything.
 */
export function narrowsByTag(statement: Statement): boolean {
  return statement.conditions.some(
    (one) =>
      readsTag(one) && !(one.operator.toLowerCase().endsWith('likeifexists') && one.values.includes('*')),
  );
}

/** True if the condition is about the resource's tags or id. */
function readsTag({ key }: ConditionClause): boolean {
  const name = key.toLowerCase();
  return NARROWING.some((prefix) => name.startsWith(prefix));
}

/** The tag keys, as written, that the conditions of a statement read from the resource, without AWS's own. */
export function gatingKeys(statement: Statement): string[] {
  const keys: string[] = [];
  for (const { key } of statement.conditions) {
    const slash = key.indexOf('/');
    const tag = key.slice(slash + 1);
    const isTag = slash > 0 && key.slice(0, slash).toLowerCase().endsWith(':resourcetag');
    if (isTag && !isReservedTag(tag)) keys.push(tag);
  }
  return keys;
}
