import { and, type Formula, not, or } from '../../evaluator/formula.ts';
import { addBits, type Bits, difference, emptyBits, fullBits, intersection, isEmpty } from './bits.ts';

/** Places in which a formula comes to the same; `formula` itself speaks of no places any more. */
export interface Piece {
  readonly bits: Bits;
  readonly formula: Formula;
}

/** Splits a formula by places: disjoint pieces, each with what holds there. Where it is false there is no piece. */
export function partition(formula: Formula, width: number): readonly Piece[] {
  if (formula === false) return [];
  if (typeof formula === 'boolean' || formula.kind === 'atom' || formula.kind === 'assumption')
    return [{ bits: fullBits(width), formula }];
  switch (formula.kind) {
    case 'places':
      return [{ bits: formula.bits, formula: true }];
    case 'not':
      return withRest(partition(formula.part, width), width)
        .map(({ bits, formula: part }) => ({ bits, formula: not(part) }))
        .filter((piece) => piece.formula !== false);
    default: {
      const combine = formula.kind === 'and' ? and : or;
      const parts = formula.parts.map((part) => partition(part, width));
      return merge(parts.reduce((sum, part) => meet(sum, part, combine, width)));
    }
  }
}

/** The pieces and one more, false, for the places that are in none. */
function withRest(pieces: readonly Piece[], width: number): readonly Piece[] {
  const covered = emptyBits(width);
  for (const piece of pieces) addBits(covered, piece.bits);
  const rest = difference(fullBits(width), covered);
  return isEmpty(rest) ? pieces : [...pieces, { bits: rest, formula: false }];
}

function meet(
  a: readonly Piece[],
  b: readonly Piece[],
  combine: (a: Formula, b: Formula) => Formula,
  width: number,
): readonly Piece[] {
  const isAnd = combine === and;
  const left = isAnd ? a : withRest(a, width);
  const right = isAnd ? b : withRest(b, width);
  const pieces: Piece[] = [];
  for (const one of left) {
    for (const other of right) {
      const formula = combine(one.formula, other.formula);
      if (formula === false) continue;
      const bits = intersection(one.bits, other.bits);
      if (!isEmpty(bits)) pieces.push({ bits, formula });
    }
  }
  return pieces;
}

/** Pieces that come to the same become one. */
function merge(pieces: readonly Piece[]): readonly Piece[] {
  if (pieces.length < 2) return pieces;
  const byFormula = Map.groupBy(pieces, (piece) => formulaKey(piece.formula));
  return [...byFormula.values()].map((group) => {
    const [first, ...rest] = group as [Piece, ...Piece[]];
    if (rest.length === 0) return first;
    const bits = first.bits.slice();
    for (const piece of rest) addBits(bits, piece.bits);
    return { bits, formula: first.formula };
  });
}

const keys = new WeakMap<object, string>();

/** Equal formulas (as written) have equal keys. */
export function formulaKey(formula: Formula): string {
  if (typeof formula === 'boolean') return String(formula);
  let key = keys.get(formula);
  if (key === undefined) {
    key = writeKey(formula);
    keys.set(formula, key);
  }
  return key;
}

function writeKey(formula: Exclude<Formula, boolean>): string {
  switch (formula.kind) {
    case 'atom':
      return `{${formula.id}}`;
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
