import type { Uncertainty } from '../../evaluator/decision.ts';
import { and, type Formula, or, settle } from '../../evaluator/formula.ts';
import { remaining } from '../../evaluator/residual/remaining.ts';
import type { Residual } from '../../evaluator/residual/residuals.ts';
import { remembered } from '../../memory/remembered.ts';

/** Codes in order, each once. Equal lists are one object. */
export type Codes = readonly Uncertainty[];

/** When something is open, and the codes of what that depends on. */
export interface Opening {
  /** settled */
  readonly open: Formula;
  readonly codes: Codes;
}

export const NO_CODES: Codes = [];
export const CLOSED: Opening = { open: false, codes: NO_CODES };
export const OPEN: Opening = { open: true, codes: NO_CODES };

const lists = new Map<string, Codes>([['', NO_CODES]]);
const unions = new WeakMap<Codes, WeakMap<Codes, Codes>>();

export function codesIn(codes: readonly Uncertainty[]): Codes {
  if (codes.length === 0) return NO_CODES;
  const sorted = [...new Set(codes)].sort();
  return remembered(lists, sorted.join(), () => sorted);
}

/** The codes of two things that are both needed. Used at every step of every chain. */
export function bothCodes(one: Codes, other: Codes): Codes {
  if (one === other || other.length === 0) return one;
  if (one.length === 0) return other;
  const known = remembered(unions, one, () => new WeakMap<Codes, Codes>());
  return remembered(known, other, () => codesIn([...one, ...other]));
}

/** The opening of a cell. Codes that every verdict has are not part of it. */
export function openingOf({ open, own }: Pick<Residual, 'open' | 'own'>): Opening {
  return { open, codes: codesIn(own) };
}

export function bothOpenings(one: Opening, other: Opening): Opening {
  return { open: and(one.open, other.open), codes: bothCodes(one.codes, other.codes) };
}

const openings = new WeakMap<object, Opening>();

/** The same object for the same formula. */
export function settled(formula: Formula): Opening {
  if (typeof formula === 'boolean') return formula ? OPEN : CLOSED;
  return remembered(openings, formula, () => {
    const codes = new Set<Uncertainty>();
    const open = settle(formula, codes);
    return codes.size === 0 ? { open: formula, codes: NO_CODES } : { open, codes: codesIn([...codes]) };
  });
}

/**
 * The combined opening of alternatives. As in `decideWays`, alternatives with a code count only if the others are
 * less open.
 */
export function anyOpening(ways: readonly Opening[]): Opening {
  const open = ways.filter((way) => way.open !== false);
  const sure = open.filter((way) => way.open === true);
  const counted = sure.length > 0 ? sure : open;
  if (counted.length < 2) return counted[0] ?? CLOSED;
  const all = eitherOf(counted);
  const plain = counted.filter(({ codes }) => codes.length === 0);
  if (plain.length === 0 || plain.length === counted.length) return all;
  const without = eitherOf(plain);
  return isSame(without.open, all.open) ? without : all;
}

function isSame(one: Formula, other: Formula): boolean {
  return JSON.stringify(remaining(one)) === JSON.stringify(remaining(other));
}

function eitherOf(ways: readonly Opening[]): Opening {
  return {
    open: ways.reduce<Formula>((any, { open }) => or(any, open), false),
    codes: ways.reduce((all, { codes }) => bothCodes(all, codes), NO_CODES),
  };
}

/** How well something is open: first without a condition, then without a code. */
export function rankOf({ open, codes }: Opening): number {
  return (open === true ? 2 : 0) + (codes.length === 0 ? 1 : 0);
}

export const BEST = rankOf(OPEN);

/**
 * By rank: the ranks, one bit each, that are at least as good for everything that follows. A condition without codes
 * and codes without a condition are not comparable.
 */
const AS_GOOD = [0b1111, 0b1010, 0b1100, 0b1000] as const;

/** True if one of these ranks (one bit each) is at least as good as this rank. */
export function isCovered(ranks: number, rank: number): boolean {
  return (ranks & (AS_GOOD[rank] as number)) !== 0;
}
