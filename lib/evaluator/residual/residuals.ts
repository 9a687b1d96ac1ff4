import { remembered } from '../../memory/remembered.ts';
import type { Condition, Uncertainty } from '../decision.ts';
import { type Atom, type Formula, settle } from '../formula.ts';
import { formulaKey } from '../formula-key.ts';
import { knownGiven } from './known-given.ts';
import { remaining } from './remaining.ts';

/** The remaining condition of a formula, with the codes that it depends on. Equal residuals are the same object. */
export interface Residual {
  /** settled, and simplified by `given` */
  readonly open: Formula;
  readonly remains: boolean | Condition;
  readonly uncertain: readonly Uncertainty[];
  /** those of them that not every verdict rests on */
  readonly own: readonly Uncertainty[];
  /** equal for equal residuals */
  readonly id: number;
  /** equal for equal conditions, whatever their codes */
  readonly condition: number;
}

/** Computes the minimal form of each condition once, whoever has it. */
export class Residuals {
  readonly #known = new Map<string, Residual>();
  /** those with nothing chosen or given */
  readonly #alone = new Map<string, Residual>();
  readonly #ids = new Map<string, number>();
  readonly #always: readonly Uncertainty[];

  /** `always`: codes of every verdict */
  constructor(always: readonly Uncertainty[]) {
    this.#always = always;
  }

  /** number of results that are kept */
  get size(): number {
    return this.#known.size + this.#alone.size;
  }

  of(formula: Formula, chosen: readonly string[], given: readonly Atom[]): Residual {
    const formulaName = formulaKey(formula);
    const known = given.length === 0 ? given : given.filter((atom) => formulaName.includes(atom.canonical));
    // usually only the formula matters: its key is stored with it, while a longer name would be built for each call
    if (known.length === 0 && chosen.length === 0)
      return remembered(this.#alone, formulaName, () => this.#make(formula, chosen, known));
    const name = `${formulaName}|${chosen.join()}|${known.map((atom) => atom.id).join()}`;
    return remembered(this.#known, name, () => this.#make(formula, chosen, known));
  }

  #make(formula: Formula, chosen: readonly string[], given: readonly Atom[]): Residual {
    const codes = new Set<Uncertainty>();
    const open = settle(formula, codes);
    const remains = remaining(open, { chosen: new Set(chosen), given });
    const own = [...codes].sort();
    const uncertain = [...new Set([...own, ...this.#always])].sort();
    const name = JSON.stringify(typeof remains === 'boolean' ? remains : remains.anyOf);
    const id = this.#number(`${name} ${uncertain.join()}`);
    return {
      open: typeof remains === 'boolean' ? remains : knownGiven(open, given),
      remains,
      uncertain,
      own,
      id,
      condition: this.#number(name),
    };
  }

  #number(name: string): number {
    return remembered(this.#ids, name, () => this.#ids.size);
  }
}
