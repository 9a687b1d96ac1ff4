import { emptyBits, setBit } from '../../evaluator/bits.ts';
import { combine } from '../../evaluator/combine.ts';
import { type CompiledPolicy, type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import type { Layer } from '../../evaluator/decision.ts';
import type { EqualFormulas } from '../../evaluator/equal-formulas.ts';
import { and, type Formula, not, or, placesOf } from '../../evaluator/formula.ts';
import { matchesResource, onlyReading, type ResourcePattern } from '../../evaluator/match-resource.ts';
import {
  type LayerAnswer,
  type Match,
  matchWith,
  NO_NAMES,
  SILENT,
} from '../../evaluator/match-statement.ts';
import { patternName } from '../../evaluator/pattern-name.ts';
import { remembered } from '../../memory/remembered.ts';
import { headOf, matches } from '../../policy/wildcard.ts';
import { hasResourceLevel } from '../../reference/actions.ts';
import type { Account, Subject } from '../account/account.ts';
import { openIn } from '../account/one-cell.ts';
import { questionWith } from '../account/question.ts';
import { contextAt } from '../account/request-context.ts';
import type { Target } from '../account/target.ts';
import { SAYS_NOTHING } from '../classes/policy-views.ts';
import { type PrincipalViews, SILENT_LIST } from '../classes/principal-views.ts';
import { ClauseRows } from './clause-rows.ts';
import type { Piece } from './pieces.ts';
import { answersByPlace, anyPlace, type RowAnswer } from './row-answer.ts';
import type { RowPlaces } from './row-columns.ts';

/** The answers of one layer, by view of the principal. */
interface KnownAnswers {
  readonly lists: Map<number, LayerAnswer>;
  readonly policies: Map<number, LayerAnswer>;
}

const NO_CONTEXT = { service: '', lookup: () => null };

/**
 * Evaluates one row of a path for all its resources at once. It uses the same `combine` as a single request. Only a
 * statement's resource and conditions are evaluated differently: for all places together, once for all principals
 * that its policy treats alike.
 */
export class RowAsker {
  readonly #places: RowPlaces;
  readonly #account: Account;
  readonly #principalViews: PrincipalViews;
  readonly #action: string;
  /** its index among the relevant actions */
  readonly #actionNumber: number;
  readonly #hasResource: boolean;
  readonly #answers: Partial<Record<Layer, KnownAnswers>> = {};
  readonly #clauses: ClauseRows;
  readonly #equal: EqualFormulas;

  constructor(places: RowPlaces, account: Account, principalViews: PrincipalViews, equal: EqualFormulas) {
    this.#equal = equal;
    this.#places = places;
    this.#account = account;
    this.#principalViews = principalViews;
    this.#action = places.row.action.toLowerCase();
    this.#actionNumber = principalViews.numberOf(this.#action);
    this.#hasResource = hasResourceLevel(this.#action) !== false;
    this.#clauses = new ClauseRows(places);
  }

  /**
   * The pieces (sets of instance classes) in which the request is authorised, with conditions and statements.
   */
  answers(subject: Subject): readonly Piece<RowAnswer>[] {
    const { targets, everywhere, classesOf, anyWillDo, row } = this.#places;
    // most rows end here: without a resource policy only the principal's own policies can grant
    const own = this.#askOwn(subject);
    if (own.allow === false && !row.undenied) return [];
    // what depends on the resource is evaluated for all places at once, so any target can stand for them
    const target: Target = targets[0] ?? { arn: '*', tags: [] };
    const context = contextAt(this.#places.keysOf(0), subject);
    const { request, layers } = questionWith(this.#account, { subject, row, target }, context);
    const asking = (policies: readonly CompiledPolicy[], layer: Layer): LayerAnswer =>
      layer === 'identityPolicies' ? own : this.#ask(policies, layer, subject);
    const combined = combine(request, layers, asking);
    const open = openIn(row, combined);
    const pieces = answersByPlace(open, combined, everywhere, this.#equal);
    const found = anyWillDo ? anyPlace(pieces) : pieces;
    const { missing } = target;
    const gap = missing === undefined ? {} : { missing };
    return found.map(({ bits, value }) => ({ bits: classesOf(bits), value: { ...value, ...gap } }));
  }

  #askOwn(subject: Subject): LayerAnswer {
    const { identityPolicies } = subject.layers;
    const list = this.#principalViews.ownList(this.#actionNumber, subject);
    return this.#askList(identityPolicies, list, 'identityPolicies', subject);
  }

  #ask(policies: readonly CompiledPolicy[], layer: Layer, subject: Subject): LayerAnswer {
    const list = this.#principalViews.list(policies, this.#action, subject);
    return this.#askList(policies, list, layer, subject);
  }

  /** The answer of a list of policies. Lists with equal views are evaluated once, and so is each policy. */
  #askList(policies: readonly CompiledPolicy[], list: number, layer: Layer, subject: Subject): LayerAnswer {
    if (list === SILENT_LIST) return SILENT;
    const { lists } = this.#knownTo(layer);
    return remembered(lists, list, () =>
      sumOf(policies.map((policy) => this.#answerOf(policy, layer, subject))),
    );
  }

  #answerOf(policy: CompiledPolicy, layer: Layer, subject: Subject): LayerAnswer {
    const policyView = this.#principalViews.policyViews.of(policy, this.#action, subject);
    if (policyView === SAYS_NOTHING) return SILENT;
    const { policies } = this.#knownTo(layer);
    return remembered(policies, policyView, () =>
      this.#answer(policy, statementsFor(policy, this.#action), layer, subject),
    );
  }

  #knownTo(layer: Layer): KnownAnswers {
    this.#answers[layer] ??= { lists: new Map(), policies: new Map() };
    return this.#answers[layer];
  }

  #answer(
    policy: CompiledPolicy,
    statements: readonly CompiledStatement[],
    layer: Layer,
    subject: Subject,
  ): LayerAnswer {
    const matches: Match[] = [];
    let allow: Formula = false;
    let deny: Formula = false;
    for (const statement of statements) {
      const match = matchWith(policy, statement, layer, {
        names: NO_NAMES,
        resource: () => this.#resource(statement, subject),
        clause: (clause) => this.#clauses.of(clause, subject),
      });
      if (!match) continue;
      matches.push(match);
      if (match.ref.effect === 'Allow') allow = or(allow, match.applies);
      else deny = or(deny, match.applies);
    }
    return matches.length === 0 ? SILENT : { allow, deny, matches };
  }

  #resource(statement: CompiledStatement, subject: Subject): Formula {
    const { resources, notResources } = statement;
    if (!resources) return true;
    const any = resources.reduce<Formula>(
      (sum, pattern) => (sum === true ? sum : or(sum, this.#pattern(pattern, notResources, subject))),
      false,
    );
    return notResources ? not(any) : any;
  }

  #pattern(pattern: ResourcePattern, negated: boolean, subject: Subject): Formula {
    if (!this.#hasResource)
      return matchesResource(pattern, '*', contextAt(this.#places.keysOf(0), subject), negated);
    if (pattern.template.hasVariables)
      return this.#everywhere((arn, target) =>
        matchesResource(pattern, arn, contextAt(this.#places.keysOf(target), subject), negated),
      );
    const text = patternName(pattern);
    return remembered(this.#places.patterns, text, () => this.#fixedPattern(pattern));
  }

  #fixedPattern(pattern: ResourcePattern): Formula {
    const { width, byArn } = this.#places;
    const literal = pattern.compiled?.whole.literal;
    if (literal == null || pattern.partial)
      return (
        this.#byHead(pattern) ?? this.#everywhere((arn) => matchesResource(pattern, arn, NO_CONTEXT, false))
      );
    const places = byArn().get(literal);
    if (!places) return false;
    const bits = emptyBits(width);
    for (const place of places) setBit(bits, place);
    return placesOf(bits, width);
  }

  /**
   * By the start of ARNs, which thousands have in common: most patterns match all or none of them. Null: the pattern
   * must be matched in another way.
   */
  #byHead(pattern: ResourcePattern): Formula | null {
    const whole = onlyReading(pattern);
    const head = whole && headOf(whole);
    if (!whole || !head) return null;
    const { targets, width, byHead } = this.#places;
    const bits = emptyBits(width);
    for (const [text, places] of byHead()) {
      if (!matches(head.pattern, text)) continue;
      for (const place of places)
        if (head.isAll || matches(whole, (targets[place] as Target).arn)) setBit(bits, place);
    }
    return placesOf(bits, width);
  }

  /** Evaluates each resource on its own. */
  #everywhere(question: (arn: string, target: number) => Formula): Formula {
    const { targets, width } = this.#places;
    const yes = emptyBits(width);
    let residual: Formula = false;
    for (const [place, { arn }] of targets.entries()) {
      const answer = question(arn, place);
      if (answer === true) setBit(yes, place);
      else if (answer !== false) {
        const bits = emptyBits(width);
        setBit(bits, place);
        residual = or(residual, and(placesOf(bits, width), answer));
      }
    }
    return or(placesOf(yes, width), residual);
  }
}

function sumOf(answers: readonly LayerAnswer[]): LayerAnswer {
  const [first = SILENT, ...others] = answers.filter((answer) => answer !== SILENT);
  if (others.length === 0) return first;
  let { allow, deny } = first;
  for (const answer of others) {
    allow = or(allow, answer.allow);
    deny = or(deny, answer.deny);
  }
  return { allow, deny, matches: [first, ...others].flatMap(({ matches }) => matches) };
}
