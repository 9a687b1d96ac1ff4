import { isVariable } from '../policy/variables.ts';
import type { CompiledPolicy, CompiledStatement } from './compile.ts';
import { statementsIn } from './compile.ts';
import { atomOf } from './conditions/atom.ts';
import type { CompiledClause } from './conditions/clause.ts';
import { evaluateClause } from './conditions/evaluate-clause.ts';
import { canonicalKey } from './context.ts';
import type { ConditionTerm } from './decision.ts';
import { settle } from './formula.ts';
import type { ResourcePattern } from './match-resource.ts';
import { coversResource, type Question } from './match-statement.ts';

/** What an Allow requires and the request lacks. `has`: the values of the key; null: absent or not known. */
export type Miss =
  | { readonly miss: 'resource'; readonly resources: readonly string[]; readonly not: boolean }
  | { readonly miss: 'condition'; readonly term: ConditionTerm; readonly has: readonly string[] | null };

/** An Allow of the action that does not apply, and why. */
export interface NearestAllow {
  readonly policy: string;
  readonly statement: number;
  readonly sid: string | null;
  readonly misses: readonly Miss[];
}

/** The nearest of the Allows on the action that do not apply; null if there is none. */
export function nearestAllow(policies: readonly CompiledPolicy[], question: Question): NearestAllow | null {
  let nearest: NearestAllow | null = null;
  for (const { policy, statement } of statementsIn(policies, question.action)) {
    if (statement.effect !== 'Allow' || policy.document.malformed) continue;
    const misses = missesOf(statement, question);
    if (misses.length === 0 || (nearest && weightOf(nearest.misses) <= weightOf(misses))) continue;
    nearest = { policy: policy.name, statement: statement.index, sid: statement.sid, misses };
  }
  return nearest;
}

/** Another resource counts more than another value. */
const weightOf = (misses: readonly Miss[]): number =>
  misses.reduce((sum, { miss }) => sum + (miss === 'resource' ? 2 : 1), 0);

function missesOf(statement: CompiledStatement, question: Question): readonly Miss[] {
  const { resources, notResources, clauses } = statement;
  const isElsewhere = settle(coversResource(statement, question), new Set()) === false;
  const elsewhere: readonly Miss[] = isElsewhere
    ? [
        {
          miss: 'resource',
          resources: (resources as readonly ResourcePattern[]).map(writtenText),
          not: notResources,
        },
      ]
    : [];
  return [...elsewhere, ...clauses.flatMap((clause) => missOf(clause, question))];
}

function missOf(clause: CompiledClause, { context }: Question): readonly Miss[] {
  if (settle(evaluateClause(clause, context), new Set()) !== false) return [];
  const state = context.lookup(canonicalKey(clause.key, context.service));
  const values = atomOf(clause, context).clause.values.map(({ text }) => text);
  const term = { key: clause.key, operator: clause.operatorText, values };
  return [{ miss: 'condition', term, has: state && state.symbol === undefined ? state.values : null }];
}

/** As the policy writes it. */
const writtenText = ({ template }: ResourcePattern): string =>
  template.parts.map((part) => (isVariable(part) ? `\${${part.key}}` : part.text)).join('');
