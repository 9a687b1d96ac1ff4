import { withAtoms } from '../atoms.ts';
import type { Atom, Formula } from '../formula.ts';
import { remaining } from './remaining.ts';

/** The formula with every condition settled that what is given of its key decides: a session of a role has no id of another. */
export function knownGiven(formula: Formula, given: readonly Atom[]): Formula {
  return given.length === 0 ? formula : withAtoms(formula, (atom) => atomGiven(atom, given));
}

function atomGiven(atom: Atom, given: readonly Atom[]): Formula {
  const own = given.filter(({ canonical }) => canonical === atom.canonical);
  const residual = own.length === 0 ? null : remaining(atom, { given: own });
  return typeof residual === 'boolean' ? residual : atom;
}
