import fc from 'fast-check';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import { and, type Formula, not, or } from '../../lib/evaluator/formula.ts';

/** `name` is `value`. */
export const key = (name: string, value: string): Formula => simpleAtom('StringEquals', name, [value], 'ec2');

/** Formulas over these conditions. */
export function formulasOf(atom: fc.Arbitrary<Formula>): fc.Arbitrary<Formula> {
  return fc.letrec<{ formula: Formula }>((tie) => ({
    formula: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => and(a, b)),
      fc.tuple(tie('formula'), tie('formula')).map(([a, b]) => or(a, b)),
      tie('formula').map(not),
    ),
  })).formula;
}

/** Formulas over three keys of two values each. */
export const anyFormula = formulasOf(
  fc
    .tuple(fc.constantFrom('k', 'l', 'm'), fc.constantFrom('a', 'b'))
    .map(([name, value]) => key(name, value)),
);
