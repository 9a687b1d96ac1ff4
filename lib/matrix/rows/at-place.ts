import { and, type Formula, not, or } from '../../evaluator/formula.ts';
import { hasBit } from './bits.ts';

/** What a formula comes to in one place. */
export function atPlace(formula: Formula, place: number): Formula {
  if (typeof formula === 'boolean') return formula;
  switch (formula.kind) {
    case 'places':
      return hasBit(formula.bits, place);
    case 'not':
      return not(atPlace(formula.part, place));
    case 'and':
      return formula.parts.reduce<Formula>((sum, part) => and(sum, atPlace(part, place)), true);
    case 'or':
      return formula.parts.reduce<Formula>((sum, part) => or(sum, atPlace(part, place)), false);
    default:
      return formula;
  }
}
