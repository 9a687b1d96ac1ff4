import { remembered } from '../memory/remembered.ts';
import { and, type Formula } from './formula.ts';
import { formulaKey } from './formula-key.ts';

/**
 * Equal formulas as one object: thousands of principals have the same conditions, and the key of each formula
 * is built once.
 */
export class EqualFormulas {
  readonly #byKey = new Map<string, Formula>();
  readonly #both = new Map<Formula, Map<Formula, Formula>>();

  of(formula: Formula): Formula {
    return typeof formula === 'boolean'
      ? formula
      : remembered(this.#byKey, formulaKey(formula), () => formula);
  }

  /** The `and` of two such formulas, computed once for each pair. */
  both(a: Formula, b: Formula): Formula {
    if (typeof a === 'boolean' || typeof b === 'boolean' || a === b) return and(a, b);
    const withA = remembered(this.#both, a, () => new Map<Formula, Formula>());
    return remembered(withA, b, () => this.of(and(a, b)));
  }

  clear(): void {
    this.#byKey.clear();
    this.#both.clear();
  }
}
