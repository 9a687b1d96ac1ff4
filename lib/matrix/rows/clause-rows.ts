import type { CompiledClause } from '../../evaluator/conditions/clause.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import { resolve } from '../../evaluator/conditions/resolve.ts';
import { canonicalKey } from '../../evaluator/context.ts';
import { and, type Formula, not, or, placesOf } from '../../evaluator/formula.ts';
import type { Subject } from '../account.ts';
import { contextAt, placeState } from '../request-keys.ts';
import { groupAlike } from './alike.ts';
import { type Bits, emptyBits, setBit } from './bits.ts';
import { isPlaceKey, relevantClause } from './relevant.ts';
import type { RowPlaces } from './row-places.ts';
import type { Alike, SharedClauses } from './shared-clauses.ts';

interface Known {
  readonly keys: readonly string[];
  readonly placeKeys: readonly string[];
}

function sharedClauses(byService: Map<string, SharedClauses>, service: string): SharedClauses {
  const shared = byService.get(service) ?? { fixed: new Map(), alike: new Map() };
  byService.set(service, shared);
  return shared;
}

/** Conditions of one row, for all instance classes at once. */
export class ClauseRows {
  readonly #places: RowPlaces;
  readonly #service: string;
  readonly #shared: SharedClauses;
  readonly #clauses = new Map<CompiledClause, Known>();
  readonly #fixed = new Map<CompiledClause, Formula>();
  readonly #alike = new Map<string, readonly Alike[]>();
  readonly #indexes = new Map<string, ReadonlyMap<string, Formula> | null>();

  constructor(places: RowPlaces) {
    const { action } = places.row;
    this.#places = places;
    this.#service = action.slice(0, action.indexOf(':')).toLowerCase();
    this.#shared = sharedClauses(places.byService, this.#service);
  }

  of(clause: CompiledClause, subject: Subject): Formula {
    let known = this.#clauses.get(clause);
    if (!known) {
      const { keys } = relevantClause(clause, this.#service);
      known = { keys, placeKeys: keys.filter(isPlaceKey) };
      this.#clauses.set(clause, known);
    }
    const { placeKeys } = known;
    if (placeKeys.length === 0) return evaluateClause(clause, contextAt(this.#places.keysOf(0), subject));
    if (placeKeys.length < known.keys.length) return this.#joined(clause, placeKeys, subject);
    const fixed = placeKeys.every(isSameForService) ? this.#shared.fixed : this.#fixed;
    let formula = fixed.get(clause);
    if (formula === undefined) {
      formula = this.#byAlike(clause, placeKeys, subject);
      fixed.set(clause, formula);
    }
    return formula;
  }

  #byAlike(clause: CompiledClause, placeKeys: readonly string[], subject: Subject): Formula {
    const { width } = this.#places;
    return this.#classesAlike(placeKeys).reduce<Formula>(
      (sum, { bits, target }) =>
        or(
          sum,
          and(placesOf(bits, width), evaluateClause(clause, contextAt(this.#places.keysOf(target), subject))),
        ),
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
    const { targets } = this.#places;
    const alike = this.#classesAlike(placeKeys);
    if (alike.some((one) => one.value === null && targets[one.target]?.tags === null))
      return this.#byAlike(clause, placeKeys, subject);
    const context = contextAt(this.#places.keysOf(0), subject);
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

  /** The classes by the value of a key; null where some class has two values that differ by the case of their key. */
  #indexOf(key: string, alike: readonly Alike[]): ReadonlyMap<string, Formula> | null {
    let index = this.#indexes.get(key);
    if (index === undefined) {
      const isClear = alike.every(({ target }) => {
        const keys = this.#places.keysOf(target);
        return (placeState(keys, key) ?? keys.tags?.get(key))?.otherCase === undefined;
      });
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
    const known = placeKeys.every(isSameForService) ? this.#shared.alike : this.#alike;
    const name = placeKeys.join();
    let groups = known.get(name);
    if (!groups) {
      groups = groupAlike(this.#places, placeKeys);
      known.set(name, groups);
    }
    return groups;
  }
}

/** The row does not matter to these, only the resource and the service. */
function isSameForService(key: string): boolean {
  return key.startsWith('aws:resourcetag/') || SAME_FOR_SERVICE.has(key);
}

const SAME_FOR_SERVICE: ReadonlySet<string> = new Set([
  'aws:requestedregion',
  'aws:resourceaccount',
  'ec2:region',
]);
