import { remembered } from '../memory/remembered.ts';
import { type Atom, Composite, type Formula } from './formula.ts';

const atomKeys = new WeakMap<Atom, string>();

/** Equal formulas (as written) have equal keys. */
export function formulaKey(formula: Formula): string {
  if (typeof formula === 'boolean') return formula ? 'true' : 'false';
  if (formula instanceof Composite) return Composite.keyOf(formula, writeKey);
  if (formula.kind === 'atom') return remembered(atomKeys, formula, () => writeKey(formula));
  return writeKey(formula);
}

function writeKey(formula: Exclude<Formula, boolean>): string {
  switch (formula.kind) {
    case 'atom':
      // a key has several spellings, and conditions use the one of their policy
      return `{${formula.id} ${formula.clause.key}}`;
    case 'assumption':
      return `?${formula.code}=${formula.value}`;
    case 'places':
      return `#${formula.bits.join('.')}`;
    case 'not':
      return `!${formulaKey(formula.part)}`;
    default:
      return `${formula.kind}(${formula.parts.map(formulaKey).sort().join(' ')})`;
  }
}
