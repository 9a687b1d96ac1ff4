import { type Atom, and, type Formula, not, or, partsOf } from '../evaluator/formula.ts';
import { remaining } from '../evaluator/residual/remaining.ts';

/** The formula with every condition settled that what is given of its key decides: a session of a role has no id of another. */
export function knownGiven(formula: Formula, given: readonly Atom[]): Formula {
  if (given.length === 0 || typeof formula === 'boolean') return formula;
  switch (formula.kind) {
    case 'atom':
      return atomGiven(formula, given);
    case 'not':
      return not(knownGiven(formula.part, given));
    case 'and':
      return partsOf(formula).reduce<Formula>((all, part) => and(all, knownGiven(part, given)), true);
    case 'or':
      return partsOf(formula).reduce<Formula>((any, part) => or(any, knownGiven(part, given)), false);
    default:
      return formula;
  }
}

function atomGiven(atom: Atom, given: readonly Atom[]): Formula {
  const own = given.filter(({ canonical }) => canonical === atom.canonical);
  const rest = own.length === 0 ? null : remaining(atom, { given: own });
  return typeof rest === 'boolean' ? rest : atom;
}
