import { type Atom, and, type Formula, not, or, partsOf } from '../../evaluator/formula.ts';

/**
 * What follows from a formula about some conditions alone: `about` returns the condition for an atom, null if the atom
 * is not one of them and so may be true or false.
 */
export function following(
  formula: Formula,
  about: (atom: Atom) => Formula | null,
  isAsserted: boolean = true,
): Formula {
  if (typeof formula === 'boolean') return formula;
  const of = (part: Formula): Formula => following(part, about, isAsserted);
  switch (formula.kind) {
    case 'atom':
      return about(formula) ?? isAsserted;
    case 'not':
      return not(following(formula.part, about, !isAsserted));
    case 'and':
      return partsOf(formula).reduce<Formula>((all, part) => and(all, of(part)), true);
    case 'or':
      return partsOf(formula).reduce<Formula>((any, part) => or(any, of(part)), false);
    default:
      return isAsserted;
  }
}
