import { combine } from '../../evaluator/combine.ts';
import { type CompiledPolicy, type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import type { CompiledClause } from '../../evaluator/conditions/clause.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import { resolve } from '../../evaluator/conditions/resolve.ts';
import { canonicalKey } from '../../evaluator/context.ts';
import type { Layer } from '../../evaluator/decision.ts';
import { and, type Formula, not, or, placesOf } from '../../evaluator/formula.ts';
import { matchesResource, type ResourcePattern } from '../../evaluator/match-resource.ts';
import { type Answer, type Match, matchWith, NO_NAMES, SILENT } from '../../evaluator/match-statement.ts';
import { hasResourceLevel } from '../../reference/actions.ts';
import type { Account, Subject } from '../account.ts';
import { contextAt, type PlaceKeys, placeState } from '../request-keys.ts';
import { type Alike, groupAlike } from './alike.ts';
import { type AskedRow, CLOSED } from './asked-row.ts';
import { type Bits, emptyBits, setBit } from './bits.ts';
import { patternName } from './pattern-name.ts';
import { isPlaceKey, type RelevantClause, relevantClause } from './relevant.ts';
import type { RowPlaces } from './row-places.ts';
import type { Signatures } from './signatures.ts';

const NO_CONTEXT = { service: '', lookup: () => null };

/**
 * Asks one row of a path about all instance classes at once. It answers through the same `combine` as a single request;
 * only how a statement's resource and conditions are met is worked out for all places together, once for all principals
 * that its policy cannot tell apart.
 */
export class RowAsker {
  readonly #places: RowPlaces;
  readonly #account: Account;
  readonly #signatures: Signatures;
  readonly #action: string;
  readonly #service: string;
  readonly #hasResource: boolean;
  readonly #answers = new Map<Layer, Map<number, Answer>>();
  readonly #clauses = new Map<CompiledClause, RelevantClause>();
  readonly #fixed = new Map<CompiledClause, Formula>();
  readonly #alike = new Map<string, readonly Alike[]>();

  constructor(places: RowPlaces, account: Account, signatures: Signatures) {
    this.#places = places;
    this.#account = account;
    this.#signatures = signatures;
    this.#action = places.row.action.toLowerCase();
    this.#service = this.#action.slice(0, this.#action.indexOf(':'));
    this.#hasResource = hasResourceLevel(this.#action) !== false;
  }

  /** Where, and under which conditions, the request is authorised. */
  open(subject: Subject): AskedRow {
    const { targets, present, row } = this.#places;
    const first = targets[0] as (typeof targets)[number];
    // without a resource policy only the principal's own policies grant: most rows end here
    if (this.#ask(subject.layers.identityPolicies, 'identityPolicies', subject).allow === false)
      return CLOSED;
    const request = {
      principal: subject.principal,
      action: row.action,
      resource: first.arn,
      resourceAccount: this.#account.snapshot.accountId,
      context: contextAt(first.keys, subject),
    };
    const asking = (policies: readonly CompiledPolicy[], layer: Layer): Answer =>
      this.#ask(policies, layer, subject);
    const combined = combine(request, { ...subject.layers, resourcePolicy: null }, asking);
    const open = and(present, and(combined.allowed, not(combined.denied)));
    return { open, slots: [{ open, combined }] };
  }

  #ask(policies: readonly CompiledPolicy[], layer: Layer, subject: Subject): Answer {
    let sum: Answer = SILENT;
    for (const policy of policies) {
      const answer = this.#answerOf(policy, layer, subject);
      if (answer === SILENT) continue;
      sum =
        sum === SILENT
          ? answer
          : {
              allow: or(sum.allow, answer.allow),
              deny: or(sum.deny, answer.deny),
              matches: [...sum.matches, ...answer.matches],
            };
    }
    return sum;
  }

  #answerOf(policy: CompiledPolicy, layer: Layer, subject: Subject): Answer {
    const statements = statementsFor(policy, this.#action);
    if (statements.length === 0) return SILENT;
    let known = this.#answers.get(layer);
    if (!known) {
      known = new Map();
      this.#answers.set(layer, known);
    }
    const signature = this.#signatures.of(policy, this.#action, subject);
    let answer = known.get(signature);
    if (!answer) {
      answer = this.#answer(policy, statements, layer, subject);
      known.set(signature, answer);
    }
    return answer;
  }

  #answer(
    policy: CompiledPolicy,
    statements: readonly CompiledStatement[],
    layer: Layer,
    subject: Subject,
  ): Answer {
    const matches: Match[] = [];
    let allow: Formula = false;
    let deny: Formula = false;
    for (const statement of statements) {
      const match = matchWith(policy, statement, layer, NO_NAMES, {
        resource: () => this.#resource(statement, subject),
        clause: (clause) => this.#clause(clause, subject),
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
      return matchesResource(
        pattern,
        '*',
        contextAt(this.#places.targets[0]?.keys as PlaceKeys, subject),
        negated,
      );
    if (pattern.template.hasVariables)
      return this.#everywhere(({ arn, keys }) =>
        matchesResource(pattern, arn, contextAt(keys, subject), negated),
      );
    const text = patternName(pattern);
    let formula = this.#places.patterns.get(text);
    if (formula === undefined) {
      formula = this.#fixedPattern(pattern);
      this.#places.patterns.set(text, formula);
    }
    return formula;
  }

  #fixedPattern(pattern: ResourcePattern): Formula {
    const { width, byArn } = this.#places;
    const literal = pattern.compiled?.whole.literal;
    if (literal == null || pattern.partial)
      return this.#everywhere(({ arn }) => matchesResource(pattern, arn, NO_CONTEXT, false));
    const bits = byArn().get(literal);
    return bits ? placesOf(bits, width) : false;
  }

  /** Asks for each distinct resource by itself. */
  #everywhere(question: (target: { readonly arn: string; readonly keys: PlaceKeys }) => Formula): Formula {
    const { targets, at, width } = this.#places;
    const answers = targets.map(question);
    const first = answers[0] ?? false;
    if (typeof first === 'boolean' && answers.every((answer) => answer === first)) return first;
    const yes = emptyBits(width);
    let rest: Formula = false;
    for (let place = 0; place < width; place++) if (answers[at[place] as number] === true) setBit(yes, place);
    for (const [target, answer] of answers.entries()) {
      if (typeof answer === 'boolean') continue;
      const bits = emptyBits(width);
      for (let place = 0; place < width; place++) if (at[place] === target) setBit(bits, place);
      rest = or(rest, and(placesOf(bits, width), answer));
    }
    return or(placesOf(yes, width), rest);
  }

  #clause(clause: CompiledClause, subject: Subject): Formula {
    let known = this.#clauses.get(clause);
    if (!known) {
      known = relevantClause(clause, this.#service);
      this.#clauses.set(clause, known);
    }
    const placeKeys = known.keys.filter(isPlaceKey);
    if (placeKeys.length === 0)
      return evaluateClause(clause, contextAt(this.#places.targets[0]?.keys as PlaceKeys, subject));
    if (placeKeys.length < known.keys.length) return this.#joined(clause, placeKeys, subject);
    let formula = this.#fixed.get(clause);
    if (formula === undefined) {
      formula = this.#byAlike(clause, placeKeys, subject);
      this.#fixed.set(clause, formula);
    }
    return formula;
  }

  #byAlike(clause: CompiledClause, placeKeys: readonly string[], subject: Subject): Formula {
    const { width } = this.#places;
    return this.#classesAlike(placeKeys).reduce<Formula>(
      (sum, { bits, keys }) =>
        or(sum, and(placesOf(bits, width), evaluateClause(clause, contextAt(keys, subject)))),
      false,
    );
  }

  /** `aws:ResourceTag/team` equals `${aws:PrincipalTag/team}`: looked up by the principal's value instead of compared with every tag. */
  #joined(clause: CompiledClause, placeKeys: readonly string[], subject: Subject): Formula {
    const { operator } = clause;
    const isPlainEquals =
      operator?.base.family.name === 'exact' &&
      operator.set === null &&
      !operator.ifExists &&
      !clause.multivalued;
    const ownKey = canonicalKey(clause.key, this.#service);
    if (!isPlainEquals || placeKeys.length !== 1 || placeKeys[0] !== ownKey)
      return this.#byAlike(clause, placeKeys, subject);
    const alike = this.#classesAlike(placeKeys);
    if (alike.some((one) => one.value === null && one.keys.tags === null))
      return this.#byAlike(clause, placeKeys, subject);
    const context = contextAt(this.#places.targets[0]?.keys as PlaceKeys, subject);
    const wanted = new Set<string>();
    for (const value of clause.values) {
      const resolved = resolve(value.template, context);
      if (resolved === 'absent') continue;
      if (resolved === 'unknown' || resolved.emptyDefault) return this.#byAlike(clause, placeKeys, subject);
      wanted.add(resolved.parts.map((part) => part.text).join(''));
    }
    const { width } = this.#places;
    const index = this.#indexOf(placeKeys[0] as string, alike);
    if (!index) return this.#byAlike(clause, placeKeys, subject);
    const any = [...wanted].reduce<Formula>((sum, value) => or(sum, index.get(value) ?? false), false);
    return operator.base.negated ? and(not(any), placesOf(this.#all(), width)) : any;
  }

  readonly #indexes = new Map<string, ReadonlyMap<string, Formula> | null>();

  /** The classes by the value of a key; null where some class has two values that differ by the case of their key. */
  #indexOf(key: string, alike: readonly Alike[]): ReadonlyMap<string, Formula> | null {
    let index = this.#indexes.get(key);
    if (index === undefined) {
      const isClear = alike.every(
        ({ keys }) => (placeState(keys, key) ?? keys.tags?.get(key))?.otherCase === undefined,
      );
      const entries = alike.flatMap(({ value, bits }) =>
        value === null ? [] : [[value, placesOf(bits, this.#places.width)] as const],
      );
      index = isClear ? new Map(entries) : null;
      this.#indexes.set(key, index);
    }
    return index;
  }

  #all(): Bits {
    const { width, at } = this.#places;
    const bits = emptyBits(width);
    for (let place = 0; place < width; place++) if (at[place] !== -1) setBit(bits, place);
    return bits;
  }

  /** The classes grouped by what they have for these keys. */
  #classesAlike(placeKeys: readonly string[]): readonly Alike[] {
    const name = placeKeys.join();
    let groups = this.#alike.get(name);
    if (!groups) {
      groups = groupAlike(this.#places, placeKeys);
      this.#alike.set(name, groups);
    }
    return groups;
  }
}
