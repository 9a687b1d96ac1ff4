import { addBits, emptyBits } from '../../evaluator/bits.ts';
import { clauseName } from '../../evaluator/clause-name.ts';
import type { CompiledClause } from '../../evaluator/conditions/clause.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import { resolve } from '../../evaluator/conditions/resolve.ts';
import { canonicalKey } from '../../evaluator/context.ts';
import { and, Branch, type Formula, not, or, placesOf } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Subject } from '../account/account.ts';
import { contextAt, resourceState } from '../account/request-context.ts';
import { isPlaceKey, relevantClause } from '../classes/relevant.ts';
import { groupAlike } from './group-by-keys.ts';
import type { RowPlaces } from './row-columns.ts';
import type { EqualResources, SharedClauses, ValueIndex } from './shared-clauses.ts';

interface Known {
  readonly name: string;
  readonly keys: readonly string[];
  readonly placeKeys: readonly string[];
}

function sharedClauses(byService: Map<string, SharedClauses>, service: string): SharedClauses {
  return remembered(byService, service, () => ({ fixed: new Map(), alike: new Map(), indexes: new Map() }));
}

/** Evaluates the conditions of one row for all its resources at once. */
export class ClauseRows {
  readonly #places: RowPlaces;
  readonly #service: string;
  readonly #shared: SharedClauses;
  readonly #clauses = new Map<CompiledClause, Known>();
  readonly #fixed = new Map<string, Formula>();
  readonly #alike = new Map<string, readonly EqualResources[]>();

  constructor(places: RowPlaces) {
    const { action, creates } = places.row;
    this.#places = places;
    this.#service = action.slice(0, action.indexOf(':')).toLowerCase();
    this.#shared = sharedClauses(places.byService, `${this.#service} ${creates ?? ''}`);
  }

  of(clause: CompiledClause, subject: Subject): Formula {
    let known = this.#clauses.get(clause);
    if (!known) {
      const { keys } = relevantClause(clause, this.#service);
      known = { name: clauseName(clause), keys, placeKeys: keys.filter(isPlaceKey) };
      this.#clauses.set(clause, known);
    }
    const { placeKeys } = known;
    if (placeKeys.length === 0) return evaluateClause(clause, contextAt(this.#places.keysOf(0), subject));
    if (placeKeys.length < known.keys.length) return this.#withSubject(clause, known, subject);
    const fixed = placeKeys.every(isSameForService) ? this.#shared.fixed : this.#fixed;
    return remembered(fixed, known.name, () => this.#joined(clause, placeKeys, subject));
  }

  /** Cached: subjects with the same values of the condition's keys have the same result. */
  #withSubject(clause: CompiledClause, { keys, placeKeys, name }: Known, subject: Subject): Formula {
    const { lookup } = contextAt(this.#places.keysOf(0), subject);
    const states = keys.filter((key) => !isPlaceKey(key)).map((key) => lookup(key) ?? String(lookup(key)));
    const full = `${name} ${JSON.stringify(states)}`;
    return remembered(this.#fixed, full, () => this.#joined(clause, placeKeys, subject));
  }

  /** What remains of the condition differs between groups of resources, so each group is a part of one `or`. */
  #byAlike(clause: CompiledClause, placeKeys: readonly string[], subject: Subject): Formula {
    const { width } = this.#places;
    const sure = emptyBits(width);
    const parts: Formula[] = [];
    for (const { bits, target } of this.#targetsAlike(placeKeys)) {
      const here = evaluateClause(clause, contextAt(this.#places.keysOf(target), subject));
      if (here === true) addBits(sure, bits);
      else if (here !== false) parts.push(and(placesOf(bits, width), here));
    }
    const always = placesOf(sure, width);
    if (always === true || parts.length === 0) return always;
    return or(always, parts.length === 1 ? (parts[0] as Formula) : new Branch('or', parts));
  }

  /**
   * A comparison of one key with one value (`aws:ResourceTag/team` equals `red` or `${aws:PrincipalTag/team}`): the
   * value is looked up in an index instead of being compared with every tag.
   */
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
    const alike = this.#targetsAlike(placeKeys);
    const { byValue, clear, unclear, hasUnknown } = this.#indexOf(ownKey, alike);
    if (hasUnknown) return this.#byAlike(clause, placeKeys, subject);
    const context = contextAt(this.#places.keysOf(0), subject);
    const wanted = new Set<string>();
    for (const value of clause.values) {
      const resolved = resolve(value.template, context);
      if (resolved === 'absent') continue;
      if (resolved === 'unknown' || resolved.emptyDefault) return this.#byAlike(clause, placeKeys, subject);
      wanted.add(resolved.parts.map((part) => part.text).join(''));
    }
    const any = [...wanted].reduce<Formula>((sum, value) => or(sum, byValue.get(value) ?? false), false);
    const sure = operator.base.negated ? and(not(any), clear) : any;
    return unclear.reduce((sum, one) => or(sum, this.#among(clause, one, subject)), sure);
  }

  /** The places of a group of resources with equal values, if the condition is met there. */
  #among(clause: CompiledClause, { bits, target }: EqualResources, subject: Subject): Formula {
    const here = evaluateClause(clause, contextAt(this.#places.keysOf(target), subject));
    return and(placesOf(bits, this.#places.width), here);
  }

  /** The resources by the value of a key. */
  #indexOf(key: string, alike: readonly EqualResources[]): ValueIndex {
    return remembered(this.#shared.indexes, alike, () => {
      const { width } = this.#places;
      const isUnclear = ({ target }: EqualResources): boolean => {
        const state = resourceState(this.#places.keysOf(target), key);
        return state?.otherCase !== undefined || state?.orAbsent !== undefined;
      };
      const [unclear, clear] = [alike.filter(isUnclear), alike.filter((one) => !isUnclear(one))];
      const bits = emptyBits(width);
      for (const one of clear) addBits(bits, one.bits);
      const entries = clear.flatMap((one) =>
        one.value === null ? [] : [[one.value, placesOf(one.bits, width)] as const],
      );
      const hasUnknown = alike.some(
        ({ target }) => resourceState(this.#places.keysOf(target), key) === undefined,
      );
      return { byValue: new Map(entries), clear: placesOf(bits, width), unclear, hasUnknown };
    });
  }

  /** The resources grouped by their values of these keys. */
  #targetsAlike(placeKeys: readonly string[]): readonly EqualResources[] {
    const known = placeKeys.every(isSameForService) ? this.#shared.alike : this.#alike;
    const name = placeKeys.join();
    return remembered(known, name, () => groupAlike(this.#places, placeKeys));
  }
}

/** True if the key depends only on the resource and the service, not on the action. */
function isSameForService(key: string): boolean {
  return key.startsWith('aws:resourcetag/') || SAME_FOR_SERVICE.has(key);
}

const SAME_FOR_SERVICE: ReadonlySet<string> = new Set([
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  'ec2:region',
]);
