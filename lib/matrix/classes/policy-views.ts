import {
  type CompiledPolicy,
  type CompiledStatement,
  serviceOf,
  statementsFor,
} from '../../evaluator/compile.ts';
import type { CompiledClause } from '../../evaluator/conditions/clause.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import type { KeyState } from '../../evaluator/context.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import { wordsOn } from '../../evaluator/words-on.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Subject } from '../account/account.ts';
import { principalTag } from '../account/request-context.ts';
import { isOriginKey } from '../account/session-origin.ts';
import { isSubjectKey } from '../account/subject-keys.ts';
import { type RelevantClause, relevantClause, variableKeys } from './relevant.ts';
import { Sequences } from './sequences.ts';

/** What one policy's statements on an action read of a principal. */
export interface Facet {
  /** true if one of the statements is an Allow */
  readonly allows: boolean;
  /** conditions on the principal alone: only their result counts */
  readonly clauses: readonly RelevantClause[];
  /** keys that are compared with a property of the instance, or inserted into an ARN */
  readonly keys: readonly string[];
  /** keys about which conditions are known, but not their values */
  readonly given: readonly string[];
  /** by the sequence of its results for a principal: its number */
  readonly numbers: Map<number, number>;
  /** true if it is the same for every principal */
  readonly isFixed: boolean;
  /** its number if it is fixed; null: not computed yet */
  fixed: number | null;
}

/** The facets of one policy, by action. Actions of a service with the same statements share a facet. */
interface Facets {
  readonly byAction: Map<string, Facet>;
  readonly byStatements: Map<string, Facet>;
}

/** The policy has no statement on the action. */
export const SAYS_NOTHING = -1;

/** Separates principals as far as each policy does on each action: equal numbers mean equal answers. */
export class PolicyViews {
  readonly #facets = new Map<CompiledPolicy, Facets>();
  /** by name: the first version of the policy that was read */
  readonly #first = new Map<string, CompiledPolicy>();
  /** by name and content: facets of policies that differ from the first version */
  readonly #others = new Map<string, Facet>();
  readonly #clauses = new Map<string, Map<CompiledClause, RelevantClause>>();
  readonly #sequences = new Sequences();
  readonly #words = new Map<string, number>();
  #subject: Subject | null = null;
  /** for `#subject`: results of conditions, and facts about its keys */
  readonly #answers = new Map<RelevantClause | string, number>();
  /** results of conditions by the states of their keys, in which few principals differ */
  readonly #byStates = new Map<RelevantClause, Map<number, number>>();
  #count = 0;

  /** `action` in lower case. */
  of(policy: CompiledPolicy, action: string, subject: Subject): number {
    const facet = this.facetOf(policy, action);
    return facet ? this.numberIn(facet, subject) : SAYS_NOTHING;
  }

  numberIn(facet: Facet, subject: Subject): number {
    if (!facet.isFixed) return remembered(facet.numbers, this.#said(facet, subject), () => this.#count++);
    // the fast path, for millions of calls: most policies say the same to everybody
    facet.fixed ??= this.#count++;
    return facet.fixed;
  }

  /** True if it is the same for every principal. */
  isFixed(policy: CompiledPolicy, action: string): boolean {
    const facet = this.facetOf(policy, action);
    return facet === null || facet.isFixed;
  }

  #said({ clauses, keys, given }: Facet, subject: Subject): number {
    if (this.#subject !== subject) {
      this.#subject = subject;
      this.#answers.clear();
    }
    let said = 0;
    for (const one of clauses) said = this.#sequences.after(said, this.#answer(one, subject));
    for (const key of keys) said = this.#sequences.after(said, this.#state(key, subject));
    if (given.length === 0) return said;
    for (const { canonical, id } of subject.given)
      if (given.includes(canonical)) said = this.#sequences.after(said, this.#word(id));
    return said;
  }

  #answer(one: RelevantClause, subject: Subject): number {
    let answer = this.#answers.get(one);
    if (answer === undefined) {
      let states = 0;
      for (const key of one.keys) states = this.#sequences.after(states, this.#state(key, subject));
      const known = remembered(this.#byStates, one, () => new Map<number, number>());
      answer = remembered(known, states, () => this.#evaluate(one, subject));
      this.#answers.set(one, answer);
    }
    return answer;
  }

  #evaluate({ clause, service }: RelevantClause, subject: Subject): number {
    const lookup = (key: string): KeyState => stateOf(key, subject);
    return this.#word(formulaKey(evaluateClause(clause, { service, lookup })));
  }

  #state(key: string, subject: Subject): number {
    let state = this.#answers.get(key);
    if (state === undefined) {
      state = this.#word(JSON.stringify(stateOf(key, subject)) ?? 'unknown');
      this.#answers.set(key, state);
    }
    return state;
  }

  #word(word: string): number {
    return remembered(this.#words, word, () => this.#words.size);
  }

  /** Null: the policy has no statement on the action. */
  facetOf(policy: CompiledPolicy, action: string): Facet | null {
    const facets = this.#facets.get(policy);
    const known = facets?.byAction.get(action);
    if (known) return known;
    const statements = statementsFor(policy, action);
    return statements.length === 0 ? null : this.#findFacet(policy, action, statements);
  }

  #findFacet(policy: CompiledPolicy, action: string, statements: readonly CompiledStatement[]): Facet {
    const facets = remembered(this.#facets, policy, () => ({ byAction: new Map(), byStatements: new Map() }));
    const service = serviceOf(action);
    const name = `${service} ${statements.map(({ index }) => index).join()}`;
    const facet = remembered(facets.byStatements, name, () =>
      this.#sharedFacet(policy, action, () => this.#makeFacet(statements, service)),
    );
    facets.byAction.set(action, facet);
    return facet;
  }

  /** The facet of the first version, if this version says the same about the action: results about it are reused. */
  #sharedFacet(policy: CompiledPolicy, action: string, make: () => Facet): Facet {
    const first = remembered(this.#first, policy.name, () => policy);
    if (first === policy) return make();
    const [was, is] = [first, policy].map((one) => `${one.kind} ${one.code} ${wordsOn(one, action)}`);
    const known = was === is ? this.facetOf(first, action) : null;
    return known ?? remembered(this.#others, `${policy.name}\n${serviceOf(action)}\n${is}`, make);
  }

  #makeFacet(statements: readonly CompiledStatement[], service: string): Facet {
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
    const allows = statements.some(({ effect }) => effect === 'Allow');
    const about = { clauses: [...own], keys: keys.filter(isSubjectKey), given };
    return { allows, ...about, numbers: new Map(), isFixed: isFixed(about), fixed: null };
  }

  #relevant(clause: CompiledClause, service: string): RelevantClause {
    const known = remembered(this.#clauses, service, () => new Map<CompiledClause, RelevantClause>());
    return remembered(known, clause, () => relevantClause(clause, service));
  }
}

function isFixed({ clauses, keys, given }: Pick<Facet, 'clauses' | 'keys' | 'given'>): boolean {
  return clauses.length === 0 && keys.length === 0 && given.length === 0;
}

const isGivenKey = (key: string): boolean => key === 'aws:userid' || isOriginKey(key);

function stateOf(key: string, subject: Subject): KeyState {
  if (key.startsWith('aws:principaltag/')) return principalTag(key, subject);
  const known = subject.keys.get(key);
  return known === undefined ? subject.session.state(key) : known;
}
