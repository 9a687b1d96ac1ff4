import { withAtoms } from '../atoms.ts';
import type { Atom, Formula } from '../formula.ts';
import { remaining } from './remaining.ts';

/**
 * The formula with every condition replaced that `given` decides: a session of one role never has the id of another
 * role.
 */
export function knownGiven(formula: Formula, given: readonly Atom[]): Formula {
  return given.length === 0 ? formula : withAtoms(formula, (atom) => atomGiven(atom, given));
}

function atomGiven(atom: Atom, given: readonly Atom[]): Formula {
  const own = given.filter(({ canonical }) => canonical === atom.canonical);
  const residual = own.length === 0 ? null : remaining(atom, { given: own });
  return typeof residual === 'boolean' ? residual : atom;
}
