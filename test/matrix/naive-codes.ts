import type { Uncertainty } from '../../lib/evaluator/decision.ts';
import { type Atom, and, type Formula, or, settle } from '../../lib/evaluator/formula.ts';
import { knownGiven } from '../../lib/evaluator/residual/known-given.ts';
import { remaining } from '../../lib/evaluator/residual/remaining.ts';

/**
 * A condition and the codes that it depends on. The engine keeps these codes on its edges; here they are computed
 * without its code.
 */
export interface Resting {
  readonly open: Formula;
  readonly codes: readonly Uncertainty[];
}

export const SURELY: Resting = { open: true, codes: [] };

export function restingOn(
  formula: Formula,
  chosen: readonly string[] = [],
  given: readonly Atom[] = [],
): Resting {
  const codes = new Set<Uncertainty>();
  const open = settle(formula, codes);
  const rest = remaining(open, { chosen: new Set(chosen), given });
  return { open: typeof rest === 'boolean' ? rest : knownGiven(open, given), codes: [...codes].sort() };
}

/** The same for a closed request. */
export function settledNaively(formula: Formula): Resting {
  const codes = new Set<Uncertainty>();
  return { open: settle(formula, codes), codes: [...codes].sort() };
}

export function both(one: Resting, other: Resting): Resting {
  return { open: and(one.open, other.open), codes: mergedCodes(one.codes, other.codes) };
}

export function mergedCodes(...lists: readonly (readonly Uncertainty[])[]): readonly Uncertainty[] {
  return [...new Set(lists.flat())].sort();
}

/** Any of several: if some have no condition, those; of those with codes only what the others do not open. */
export function anyOf(all: readonly Resting[]): Resting {
  const some = all.filter(({ open }) => open !== false);
  const unconditional = some.filter(({ open }) => open === true);
  const counted = unconditional.length > 0 ? unconditional : some;
  const sum = (list: readonly Resting[]): Formula =>
    list.reduce<Formula>((any, one) => or(any, one.open), false);
  const certain = counted.filter(({ codes }) => codes.length === 0);
  const isEnough =
    certain.length > 0 && JSON.stringify(remaining(sum(certain))) === JSON.stringify(remaining(sum(counted)));
  const used = isEnough ? certain : counted;
  return { open: sum(used), codes: mergedCodes(...used.map(({ codes }) => codes)) };
}
