import { addBits, type Bits, hasBit, intersects, placesIn } from '../../evaluator/bits.ts';
import { and, type Branch, type Formula, not, or } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';

/** Evaluates the formula for one instance class. */
export function atPlace(formula: Formula, place: number): Formula {
  if (typeof formula === 'boolean') return formula;
  switch (formula.kind) {
    case 'places':
      return hasBit(formula.bits, place);
    case 'not':
      return not(atPlace(formula.part, place));
    case 'and':
      return allAt(flat(formula), place);
    case 'or':
      return anyAt(flat(formula), place);
    default:
      return formula;
  }
}

function allAt({ parts }: Flat, place: number): Formula {
  let all: Formula = true;
  for (const part of parts) {
    all = and(all, atPlace(part, place));
    if (all === false) return false;
  }
  return all;
}

function anyAt({ parts, cases }: Flat, place: number): Formula {
  let any: Formula = cases?.residuals[cases.at[place] as number] ?? false;
  for (const part of parts) {
    any = or(any, atPlace(part, place));
    if (any === true) return true;
  }
  return any;
}

/** Collects the sets of places in a formula. Places that are in the same sets have the same result. */
export function addPlaceSets(sets: Set<Bits>, formula: Formula): void {
  if (typeof formula === 'boolean') return;
  if (formula.kind === 'places') sets.add(formula.bits);
  else if (formula.kind === 'not') addPlaceSets(sets, formula.part);
  else if (formula.kind === 'and' || formula.kind === 'or') {
    const { parts, sets: own } = flat(formula);
    for (const set of own) sets.add(set);
    for (const part of parts) addPlaceSets(sets, part);
  }
}

interface Flat {
  readonly parts: readonly Formula[];
  /** for an `or` of many parts of which only one can be true at a place: that part's condition, by place */
  readonly cases: Cases | null;
  /** the places of these parts */
  readonly sets: readonly Bits[];
}

interface Cases {
  readonly residuals: readonly Formula[];
  /** by place: an index of `residuals`; -1: none */
  readonly at: Int32Array;
}

const flattened = new WeakMap<Branch, Flat>();

function flat(branch: Branch): Flat {
  return remembered(
    flattened,
    branch,
    () => casesOf(branch) ?? { parts: partsOf(branch), cases: null, sets: [] },
  );
}

/**
 * The parts, also those of nested branches of the same kind, since statements nest deeply. Parts with places only
 * come first: they usually decide.
 */
function partsOf(branch: Branch): readonly Formula[] {
  const found: Formula[] = [];
  const left: Formula[] = [branch];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if (isBranch(part) && part.kind === branch.kind && part.parts.length <= 2)
      for (const inner of part.parts.toReversed()) left.push(inner);
    else found.push(part);
  }
  return [...found.filter(isPlaces), ...found.filter((part) => !isPlaces(part))];
}

function casesOf({ kind, parts }: Branch): Flat | null {
  if (kind !== 'or' || parts.length <= 2) return null;
  const sets: Bits[] = [];
  const residuals: Formula[] = [];
  let covered: Bits | null = null;
  for (const part of parts) {
    const one = caseOf(part);
    if (one === null) return null;
    covered ??= new Uint32Array(one.bits.length);
    if (intersects(covered, one.bits)) return null;
    addBits(covered, one.bits);
    sets.push(one.bits);
    residuals.push(one.residual);
  }
  const at = new Int32Array(32 * (covered?.length ?? 0)).fill(-1);
  for (const [i, set] of sets.entries()) for (const place of placesIn(set)) at[place] = i;
  return { parts: [], cases: { residuals, at }, sets };
}

/** The residual at some places. */
function caseOf(part: Formula): { readonly bits: Bits; readonly residual: Formula } | null {
  if (!isBranch(part) || part.kind !== 'and') return null;
  const [places, residual] = part.parts;
  if (places === undefined || residual === undefined || !isPlaces(places)) return null;
  return { bits: places.bits, residual };
}

function isBranch(formula: Formula): formula is Branch {
  return typeof formula !== 'boolean' && (formula.kind === 'and' || formula.kind === 'or');
}

function isPlaces(formula: Formula): formula is Extract<Formula, { readonly kind: 'places' }> {
  return typeof formula !== 'boolean' && formula.kind === 'places';
}
