import { and, type Branch, type Formula, not, or, partsOf } from '../../evaluator/formula.ts';
import {
  addBits,
  type Bits,
  difference,
  emptyBits,
  fullBits,
  intersection,
  intersects,
  isEmpty,
} from './bits.ts';

/** Places in which a formula comes to the same; `formula` itself speaks of no places any more. */
export interface Piece {
  readonly bits: Bits;
  readonly formula: Formula;
}

const known = new WeakMap<object, { readonly width: number; readonly pieces: readonly Piece[] }>();

/** Splits a formula by places: disjoint pieces, each with what holds there. Where it is false there is no piece. */
export function partition(formula: Formula, width: number): readonly Piece[] {
  if (formula === false) return [];
  if (formula === true) return [{ bits: fullBits(width), formula }];
  const before = known.get(formula);
  if (before?.width === width) return before.pieces;
  const pieces = split(formula, width);
  known.set(formula, { width, pieces });
  return pieces;
}

function split(formula: Exclude<Formula, boolean>, width: number): readonly Piece[] {
  switch (formula.kind) {
    case 'places':
      return [{ bits: formula.bits, formula: true }];
    case 'not':
      return withRest(partition(formula.part, width), width)
        .map(({ bits, formula: part }) => ({ bits, formula: not(part) }))
        .filter((piece) => piece.formula !== false);
    case 'and':
    case 'or':
      return splitBranch(formula, width);
    default:
      return [{ bits: fullBits(width), formula }];
  }
}

/** What is a matter of places alone first: mostly it leaves little to do for the rest. */
function splitBranch(branch: Branch, width: number): readonly Piece[] {
  const join = branch.kind === 'and' ? and : or;
  let fixed: Formula = branch.kind === 'and';
  const others: Formula[] = [];
  for (const part of partsOf(branch)) {
    if (typeof part === 'boolean' || part.kind === 'places') fixed = join(fixed, part);
    else others.push(part);
  }
  let pieces = partition(fixed, width);
  for (const part of others) pieces = merge(meet(pieces, partition(part, width), join, width));
  return pieces;
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
  join: (a: Formula, b: Formula) => Formula,
  width: number,
): readonly Piece[] {
  const isAnd = join === and;
  const left = isAnd ? a : withRest(a, width);
  const right = isAnd ? b : withRest(b, width);
  const pieces: Piece[] = [];
  for (const one of left) {
    if (one.formula === !isAnd) {
      pieces.push(one);
      continue;
    }
    for (const other of right) {
      if (!intersects(one.bits, other.bits)) continue;
      const formula = join(one.formula, other.formula);
      if (formula !== false) pieces.push({ bits: intersection(one.bits, other.bits), formula });
    }
  }
  return pieces;
}

/** Pieces that come to the same become one. */
function merge(pieces: readonly Piece[]): readonly Piece[] {
  if (pieces.length < 2) return pieces;
  const byFormula = Map.groupBy(pieces, (piece) => formulaKey(piece.formula));
  if (byFormula.size === pieces.length) return pieces;
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
