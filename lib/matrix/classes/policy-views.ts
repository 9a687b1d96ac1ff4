import { type CompiledPolicy, type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import type { CompiledClause } from '../../evaluator/conditions/clause.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import type { KeyState } from '../../evaluator/context.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Subject } from '../account/account.ts';
import { principalTag } from '../account/request-context.ts';
import { isOriginKey } from '../account/session-origin.ts';
import { isSubjectKey } from '../account/subject-keys.ts';
import { type RelevantClause, relevantClause, variableKeys } from './relevant.ts';

/** What the statements of one policy that cover an action ask of principals. */
export interface Facet {
  /** conditions on the principal alone: only how they come out counts */
  readonly clauses: readonly RelevantClause[];
  /** keys that are compared with something of the instance, or put into an ARN */
  readonly keys: readonly string[];
  /** keys of which something is given, although their values are not known */
  readonly given: readonly string[];
  readonly numbers: Map<string, number>;
}

/** The policy has no statement on the action. */
export const SAYS_NOTHING = -1;

/** Tells principals apart as far as each policy does on each action: equal numbers, equal answers. */
export class PolicyViews {
  readonly #facets = new Map<CompiledPolicy, Map<string, Facet>>();
  readonly #clauses = new Map<string, Map<CompiledClause, RelevantClause>>();
  #subject: Subject | null = null;
  /** how the conditions come out for `#subject` */
  readonly #answers = new Map<RelevantClause, string>();
  #count = 0;

  /** `action` in lower case. */
  of(policy: CompiledPolicy, action: string, subject: Subject): number {
    const facet = this.facetOf(policy, action);
    return facet ? this.numberIn(facet, subject) : SAYS_NOTHING;
  }

  numberIn(facet: Facet, subject: Subject): number {
    const name = isFixed(facet) ? '' : this.#name(facet, subject);
    return remembered(facet.numbers, name, () => this.#count++);
  }

  /** The same for everybody. */
  isFixed(policy: CompiledPolicy, action: string): boolean {
    const facet = this.facetOf(policy, action);
    return facet === null || isFixed(facet);
  }

  #name({ clauses, keys, given }: Facet, subject: Subject): string {
    if (this.#subject !== subject) {
      this.#subject = subject;
      this.#answers.clear();
    }
    const parts = clauses.map((one) => this.#answer(one, subject));
    for (const key of keys) parts.push(JSON.stringify(stateOf(key, subject)) ?? 'unknown');
    if (given.length > 0)
      for (const { canonical, id } of subject.given) if (given.includes(canonical)) parts.push(id);
    return parts.join('\n');
  }

  #answer(one: RelevantClause, subject: Subject): string {
    let answer = this.#answers.get(one);
    if (answer === undefined) {
      const { clause, service } = one;
      answer = formulaKey(evaluateClause(clause, { service, lookup: (key) => stateOf(key, subject) }));
      this.#answers.set(one, answer);
    }
    return answer;
  }

  /** Null: the policy has no statement on the action. Actions of which it says the same share one. */
  facetOf(policy: CompiledPolicy, action: string): Facet | null {
    const statements = statementsFor(policy, action);
    if (statements.length === 0) return null;
    const byAction = remembered(this.#facets, policy, () => new Map<string, Facet>());
    return remembered(byAction, action, () => this.#makeFacet(policy, action, byAction));
  }

  /** Actions of a service that are covered by the same statements share a facet. */
  #makeFacet(policy: CompiledPolicy, action: string, byAction: ReadonlyMap<string, Facet>): Facet {
    const statements = statementsFor(policy, action);
    const service = action.slice(0, action.indexOf(':'));
    for (const [other, facet] of byAction)
      if (other.startsWith(`${service}:`) && areEqual(statementsFor(policy, other), statements)) return facet;
    const clauses = statements.flatMap((statement) =>
      statement.clauses.map((clause) => this.#relevant(clause, service)),
    );
    const own = new Set(clauses.filter((one) => one.keys.every(isSubjectKey)));
    const inArns = statements
      .flatMap((statement) => statement.resources ?? [])
      .flatMap((pattern) => variableKeys(pattern.template, service));
    const joined = clauses.filter((one) => !own.has(one)).flatMap((one) => one.keys);
    const keys = [...new Set([...joined, ...inArns])];
    const given = [...new Set([...keys, ...[...own].flatMap((one) => one.keys)])].filter(isGivenKey);
    return { clauses: [...own], keys: keys.filter(isSubjectKey), given, numbers: new Map() };
  }

  #relevant(clause: CompiledClause, service: string): RelevantClause {
    const known = remembered(this.#clauses, service, () => new Map<CompiledClause, RelevantClause>());
    return remembered(known, clause, () => relevantClause(clause, service));
  }
}

function isFixed({ clauses, keys, given }: Facet): boolean {
  return clauses.length === 0 && keys.length === 0 && given.length === 0;
}

const isGivenKey = (key: string): boolean => key === 'aws:userid' || isOriginKey(key);

function areEqual(a: readonly CompiledStatement[], b: readonly CompiledStatement[]): boolean {
  return a.length === b.length && a.every((statement, i) => statement === b[i]);
}

function stateOf(key: string, subject: Subject): KeyState {
  if (key.startsWith('aws:principaltag/')) return principalTag(key, subject);
  const known = subject.keys.get(key);
  return known === undefined ? subject.session.state(key) : known;
}
