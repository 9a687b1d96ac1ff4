import type { CompiledClause } from './conditions/clause.ts';
import type { Uncertainty } from './decision.ts';

/**
 * What is known of a question: yes, no, or what it depends on. With every key known it is always plain true or false,
 * and nothing is allocated.
 */
export type Formula = boolean | Branch | Not | Atom | Assumption;

interface Branch {
  readonly kind: 'and' | 'or';
  readonly parts: readonly Formula[];
}

interface Not {
  readonly kind: 'not';
  readonly part: Formula;
}

/** A condition on a key whose value is unknown. `opaque` ones hold an unknown variable, too, and are never compared with others. */
export interface Atom {
  readonly kind: 'atom';
  /** equal for equal conditions */
  readonly id: string;
  /** the key without regard to case and spelling */
  readonly canonical: string;
  readonly service: string;
  readonly clause: CompiledClause;
  readonly opaque: boolean;
}

/** Our reading of what AWS does not document: it counts as `value`, and its code goes on every verdict that rests on it. */
export interface Assumption {
  readonly kind: 'assumption';
  readonly code: Uncertainty;
  readonly value: boolean;
}

export function assume(code: Uncertainty, value: boolean): Assumption {
  return { kind: 'assumption', code, value };
}

export function and(a: Formula, b: Formula): Formula {
  if (a === false || b === false) return false;
  if (a === true) return b;
  return b === true ? a : { kind: 'and', parts: [a, b] };
}

export function or(a: Formula, b: Formula): Formula {
  if (a === true || b === true) return true;
  if (a === false) return b;
  return b === false ? a : { kind: 'or', parts: [a, b] };
}

export function not(a: Formula): Formula {
  if (typeof a === 'boolean') return !a;
  return a.kind === 'not' ? a.part : { kind: 'not', part: a };
}

/** The formula with every assumption replaced by its value, and their codes added to `codes`. */
export function settle(formula: Formula, codes: Set<Uncertainty>): Formula {
  if (typeof formula === 'boolean' || formula.kind === 'atom') return formula;
  switch (formula.kind) {
    case 'assumption':
      codes.add(formula.code);
      return formula.value;
    case 'not':
      return not(settle(formula.part, codes));
    case 'and':
      return formula.parts.reduce<Formula>((sum, part) => and(sum, settle(part, codes)), true);
    case 'or':
      return formula.parts.reduce<Formula>((sum, part) => or(sum, settle(part, codes)), false);
  }
}
