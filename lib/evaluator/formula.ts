import { type Bits, difference, fullBits, fullWord, intersection, union } from './bits.ts';
import type { CompiledClause } from './conditions/clause.ts';
import type { Uncertainty } from './decision.ts';

/**
 * The answer to a question: yes, no, or a condition. If every key is known it is plain true or false, and
 * nothing is allocated.
 */
export type Formula = boolean | Branch | Not | Atom | Assumption | Places;

/**
 * A formula of other formulas. It stores its own key: a map of millions of formulas would cost more than
 * their keys.
 */
export abstract class Composite {
  #key = '';

  /** The key, built by `write` when first needed. */
  static keyOf<T extends Composite>(formula: T, write: (formula: T) => string): string {
    if (formula.#key === '') formula.#key = write(formula);
    return formula.#key;
  }
}

export class Branch extends Composite {
  readonly kind: 'and' | 'or';
  readonly parts: readonly Formula[];

  constructor(kind: 'and' | 'or', parts: readonly Formula[]) {
    super();
    this.kind = kind;
    this.parts = parts;
  }
}

class Not extends Composite {
  readonly kind = 'not';
  readonly part: Formula;

  constructor(part: Formula) {
    super();
    this.part = part;
  }
}

/**
 * A condition on a key whose value is unknown. `opaque` ones also contain an unknown variable, and are never
 * compared with others.
 */
export interface Atom {
  readonly kind: 'atom';
  /** equal for equal conditions */
  readonly id: string;
  /** the key in lower case and one spelling */
  readonly canonical: string;
  readonly service: string;
  readonly clause: CompiledClause;
  readonly opaque: boolean;
  /** the request certainly has the key */
  readonly there?: boolean;
}

/**
 * An assumption about behaviour that AWS does not document: it counts as `value`, and its code goes on every
 * verdict that depends on it.
 */
export interface Assumption {
  readonly kind: 'assumption';
  readonly code: Uncertainty;
  readonly value: boolean;
}

/**
 * True in some of the places that are evaluated at once (the instances of a matrix row), one bit per place. A
 * single decision never has it.
 */
export interface Places {
  readonly kind: 'places';
  readonly bits: Bits;
  /** number of places; bits beyond are 0 */
  readonly width: number;
}

/** The formula that is true in these places: plain false or true for none or all of them. */
export function placesOf(bits: Bits, width: number): Formula {
  let none = true;
  let all = true;
  for (let i = 0; i < bits.length && (none || all); i++) {
    if (bits[i] !== 0) none = false;
    if (bits[i] !== fullWord(i, width)) all = false;
  }
  return none ? false : all ? true : { kind: 'places', bits, width };
}

export function assume(code: Uncertainty, value: boolean): Assumption {
  return { kind: 'assumption', code, value };
}

export function and(a: Formula, b: Formula): Formula {
  if (a === false || b === false) return false;
  if (a === true || a === b) return b;
  if (b === true) return a;
  return a.kind === 'places' && b.kind === 'places'
    ? placesOf(intersection(a.bits, b.bits), a.width)
    : new Branch('and', [a, b]);
}

export function or(a: Formula, b: Formula): Formula {
  if (a === true || b === true) return true;
  if (a === false || a === b) return b;
  if (b === false) return a;
  return a.kind === 'places' && b.kind === 'places'
    ? placesOf(union(a.bits, b.bits), a.width)
    : new Branch('or', [a, b]);
}

export function not(a: Formula): Formula {
  if (typeof a === 'boolean') return !a;
  if (a.kind === 'places') return placesOf(difference(fullBits(a.width), a.bits), a.width);
  return a.kind === 'not' ? a.part : new Not(a);
}

/** The formula with every assumption replaced by its value, and their codes added to `codes`. */
export function settle(formula: Formula, codes: Set<Uncertainty>): Formula {
  if (typeof formula === 'boolean' || formula.kind === 'atom' || formula.kind === 'places') return formula;
  switch (formula.kind) {
    case 'assumption':
      codes.add(formula.code);
      return formula.value;
    case 'not':
      return not(settle(formula.part, codes));
    case 'and':
      return partsOf(formula).reduce<Formula>((sum, part) => and(sum, settle(part, codes)), true);
    case 'or':
      return partsOf(formula).reduce<Formula>((sum, part) => or(sum, settle(part, codes)), false);
  }
}

/** The formula if an assumption is false; the same object if nothing depends on it. */
export function withoutAssumption(formula: Formula, code: Uncertainty): Formula {
  if (typeof formula === 'boolean' || formula.kind === 'atom' || formula.kind === 'places') return formula;
  if (formula.kind === 'assumption') return formula.code === code ? false : formula;
  if (formula.kind === 'not') {
    const part = withoutAssumption(formula.part, code);
    return part === formula.part ? formula : not(part);
  }
  const parts = partsOf(formula);
  const without = parts.map((part) => withoutAssumption(part, code));
  if (without.every((part, i) => part === parts[i])) return formula;
  return formula.kind === 'and' ? without.reduce(and, true) : without.reduce(or, false);
}

/**
 * The parts of an `and`, with those of every nested `and` (the same for an `or`). Formulas grow by one part
 * at a time, so a hundred thousand statements nest as deep; these parts keep recursion as shallow as the
 * policies.
 */
export function partsOf(branch: Branch): readonly Formula[] {
  const found: Formula[] = [];
  const left: Formula[] = [branch];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if ((part as Branch).kind === branch.kind)
      for (const inner of (part as Branch).parts.toReversed()) left.push(inner);
    else found.push(part);
  }
  return found;
}
