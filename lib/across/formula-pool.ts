import { makeAtom } from '../evaluator/conditions/atom.ts';
import { compileClause } from '../evaluator/conditions/clause.ts';
import { type Atom, and, type Formula, not, or, partsOf, settle } from '../evaluator/formula.ts';
import { formulaKey } from '../evaluator/formula-key.ts';
import { remembered } from '../memory/remembered.ts';

/** An index into the `conditions` of a border; null: no condition. */
export type ConditionRef = number | null;

/** A formula as JSON. */
export type StoredFormula =
  | boolean
  | StoredAtom
  | { readonly and: readonly StoredFormula[] }
  | { readonly or: readonly StoredFormula[] }
  | { readonly not: StoredFormula };

export interface StoredAtom {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  readonly service: string;
  /**
   * properties of the atom that do not follow from these: a key of another request, or one that is certainly present
   */
  readonly own?: Partial<Pick<Atom, 'id' | 'canonical' | 'opaque' | 'there'>>;
}

/** The conditions of an account, each once. */
export class FormulaPool {
  readonly #numbers = new Map<string, number>();
  readonly #all: StoredFormula[] = [];

  get all(): readonly StoredFormula[] {
    return this.#all;
  }

  of(formula: Formula): ConditionRef {
    const open = settle(formula, new Set());
    if (open === true) return null;
    return remembered(this.#numbers, formulaKey(open), () => this.#all.push(storedFormula(open)) - 1);
  }
}

function storedFormula(formula: Formula): StoredFormula {
  if (typeof formula === 'boolean') return formula;
  switch (formula.kind) {
    case 'atom':
      return storedAtom(formula);
    case 'not':
      return { not: storedFormula(formula.part) };
    case 'and':
      return { and: partsOf(formula).map(storedFormula) };
    case 'or':
      return { or: partsOf(formula).map(storedFormula) };
    case 'assumption':
      return formula.value;
    case 'places':
      throw new Error('a condition of a chain is about no instances');
  }
}

function storedAtom(atom: Atom): StoredAtom {
  const { service, clause } = atom;
  const values = clause.values.map(({ text }) => text);
  const stored = { operator: clause.operatorText, key: clause.key, values, service };
  const plain = readAtom(stored);
  const own = Object.fromEntries(
    OWN.filter((key) => atom[key] !== plain[key]).map((key) => [key, atom[key]]),
  );
  return Object.keys(own).length === 0 ? stored : { ...stored, own };
}

const OWN = ['id', 'canonical', 'opaque', 'there'] as const;

export function readFormula(stored: StoredFormula): Formula {
  if (typeof stored === 'boolean') return stored;
  if ('and' in stored) return stored.and.map(readFormula).reduce<Formula>(and, true);
  if ('or' in stored) return stored.or.map(readFormula).reduce<Formula>(or, false);
  if ('not' in stored) return not(readFormula(stored.not));
  return readAtom(stored);
}

/** The text of a condition has known variables inserted; what is left of them is parsed again. */
function readAtom({ operator, key, values, service, own }: StoredAtom): Atom {
  return { ...makeAtom(compileClause(operator, key, values, true), service), ...own };
}
