import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import type { KeyState } from '../../lib/evaluator/context.ts';
import type { Condition } from '../../lib/evaluator/decision.ts';
import type { Formula } from '../../lib/evaluator/formula.ts';
import { holds } from '../../lib/evaluator/residual/domain.ts';

/** The keys of one request, each in one state. */
export type States = Readonly<Record<string, KeyState>>;

/** The value of a formula, with each condition evaluated separately. */
export function isTrue(formula: Formula, states: States): boolean {
  if (typeof formula === 'boolean') return formula;
  switch (formula.kind) {
    case 'atom':
      return holds(formula, states[formula.canonical]);
    case 'not':
      return !isTrue(formula.part, states);
    case 'and':
      return formula.parts.every((part) => isTrue(part, states));
    case 'or':
      return formula.parts.some((part) => isTrue(part, states));
    default:
      throw new Error(formula.kind);
  }
}

/** The value of a residual, with each term evaluated separately. */
export function isMet(rest: boolean | Condition, states: States): boolean {
  if (typeof rest === 'boolean') return rest;
  return rest.anyOf.some(({ allOf }) =>
    allOf.every((term) => {
      const atom = simpleAtom(term.operator, term.key, term.values, 'ec2');
      return holds(atom, states[atom.canonical]);
    }),
  );
}

export const one = (value: string): KeyState => ({ values: [value] });
