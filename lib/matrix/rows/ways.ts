import { allAnswers, type Combined } from '../../evaluator/combine.ts';
import { isGrant } from '../../evaluator/conclude.ts';
import { type Formula, settle } from '../../evaluator/formula.ts';
import type { Match } from '../../evaluator/match-statement.ts';
import type { Alternative } from '../access-path.ts';
import type { Grant } from '../cell.ts';
import type { AskedRow } from './asked-row.ts';
import { addBits, type Bits, difference, emptyBits, intersection, intersects, isEmpty } from './bits.ts';
import { partition } from './partition.ts';

/** One alternative of a path, asked in all places at once. */
export interface AskedWay {
  readonly alternative: Alternative;
  readonly open: Formula;
  readonly rows: readonly AskedRow[];
}

interface Taken {
  readonly bits: Bits;
  readonly way: AskedWay | null;
}

/** `same`: says as much as all alternatives together; `some`: opens the path, but not always when they do. */
export type Says = (formula: Formula, way: AskedWay) => 'same' | 'some' | 'nothing';

/** Which alternative is named where: the first that says as much as all of them together, else the first that says anything. */
export function splitByWay(
  bits: Bits,
  ways: readonly AskedWay[],
  says: Says,
  width: number,
): readonly Taken[] {
  const left = new Left(bits);
  const spare: Taken[] = [];
  const taken: Taken[] = [];
  for (const way of ways) {
    if (left.isEmpty) break;
    const same = left.take(where(way.open, width, (formula) => says(formula, way) === 'same', left.bits));
    if (same) taken.push({ bits: same, way });
    if (left.isEmpty) break;
    spare.push({ bits: where(way.open, width, (formula) => says(formula, way) === 'some', left.bits), way });
  }
  for (const { bits: more, way } of [...spare, { bits, way: null }]) {
    const here = left.take(more);
    if (here) taken.push({ bits: here, way });
  }
  return taken;
}

/** Places that nothing has taken yet. */
class Left {
  #bits: Bits;

  constructor(bits: Bits) {
    this.#bits = bits;
  }

  get bits(): Bits {
    return this.#bits;
  }

  get isEmpty(): boolean {
    return isEmpty(this.#bits);
  }

  /** Those of `wanted` that are left; null: none. */
  take(wanted: Bits): Bits | null {
    const taken = intersection(wanted, this.#bits);
    if (isEmpty(taken)) return null;
    this.#bits = difference(this.#bits, taken);
    return taken;
  }
}

/** The places (of `among`, if given) in which a formula comes to something wanted. */
function where(formula: Formula, width: number, isWanted: (formula: Formula) => boolean, among?: Bits): Bits {
  const bits = emptyBits(width);
  for (const piece of partition(formula, width)) {
    if (among && !intersects(piece.bits, among)) continue;
    if (isWanted(piece.formula)) addBits(bits, piece.bits);
  }
  return bits;
}

interface Granted {
  readonly bits: Bits;
  readonly grants: readonly Grant[];
}

/** The statements that decide, which may differ from place to place. */
export function splitByGrants(bits: Bits, way: AskedWay | null, width: number): readonly Granted[] {
  let parts: readonly Granted[] = [{ bits, grants: [] }];
  for (const row of way?.rows ?? []) {
    parts = parts.flatMap((part) =>
      splitBySlot(part.bits, row, width).flatMap(({ bits: here, combined }) =>
        withGrants({ bits: here, grants: part.grants }, combined, width),
      ),
    );
  }
  return parts;
}

/** Any resource of a row will do; the one that counts is the first that is open without condition, if any. */
function splitBySlot(
  bits: Bits,
  { slots }: AskedRow,
  width: number,
): readonly { readonly bits: Bits; readonly combined: Combined }[] {
  const [first] = slots;
  if (first && slots.length === 1) return [{ bits, combined: first.combined }];
  const left = new Left(bits);
  const take = (isWanted: (formula: Formula) => boolean): readonly { bits: Bits; combined: Combined }[] =>
    slots.flatMap(({ open, combined }) => {
      const here = left.isEmpty ? null : left.take(where(open, width, isWanted));
      return here ? [{ bits: here, combined }] : [];
    });
  return [...take((formula) => formula === true), ...take(() => true)];
}

function withGrants(start: Granted, combined: Combined, width: number): readonly Granted[] {
  let parts: readonly Granted[] = [start];
  for (const match of allAnswers(combined.answers).flatMap((answer) => answer.matches)) {
    const counts = whereItCounts(match, width);
    if (counts === false) continue;
    const { policy, statement, sid, layer } = match.ref;
    const grant = { policy, statement, sid, layer };
    parts = parts.flatMap((part) => withGrant(part, counts, grant));
  }
  return parts;
}

function withGrant(part: Granted, counts: Bits | true, grant: Grant): readonly Granted[] {
  const isKnown = part.grants.some(
    (one) => one.policy === grant.policy && one.statement === grant.statement && one.layer === grant.layer,
  );
  if (isKnown) return [part];
  const grants = [...part.grants, grant];
  if (counts === true) return [{ bits: part.bits, grants }];
  const inside = intersection(part.bits, counts);
  if (isEmpty(inside)) return [part];
  const outside = difference(part.bits, counts);
  const split = { bits: inside, grants };
  return isEmpty(outside) ? [split] : [split, { bits: outside, grants: part.grants }];
}

const counted = new WeakMap<Match, Bits | boolean>();

function whereItCounts(match: Match, width: number): Bits | boolean {
  let where = counted.get(match);
  if (where === undefined) {
    where = whereCounted(match, width);
    counted.set(match, where);
  }
  return where;
}

/** Where a statement grants, or brings a part of the condition. */
function whereCounted({ ref, applies }: Match, width: number): Bits | boolean {
  const counts = (formula: Formula): boolean => {
    const settled = settle(formula, new Set());
    return isGrant(ref) ? settled !== false : typeof settled !== 'boolean';
  };
  if (typeof applies === 'boolean' || applies.kind === 'atom' || applies.kind === 'assumption')
    return counts(applies);
  if (applies.kind === 'places') return isGrant(ref) && applies.bits;
  return where(applies, width, counts);
}
