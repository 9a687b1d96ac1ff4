import { type Atom, and, type Formula, not, or, partsOf } from './formula.ts';

/** The conditions in a formula. */
export function atomsIn(formula: Formula): readonly Atom[] {
  if (typeof formula === 'boolean') return [];
  switch (formula.kind) {
    case 'atom':
      return [formula];
    case 'not':
      return atomsIn(formula.part);
    case 'and':
    case 'or':
      return partsOf(formula).flatMap(atomsIn);
    default:
      return [];
  }
}

/** The formula with each condition replaced. */
export function withAtoms(formula: Formula, change: (atom: Atom) => Formula): Formula {
  if (typeof formula === 'boolean') return formula;
  switch (formula.kind) {
    case 'atom':
      return change(formula);
    case 'not':
      return not(withAtoms(formula.part, change));
    case 'and':
      return partsOf(formula).reduce<Formula>((all, part) => and(all, withAtoms(part, change)), true);
    case 'or':
      return partsOf(formula).reduce<Formula>((any, part) => or(any, withAtoms(part, change)), false);
    default:
      return formula;
  }
}
