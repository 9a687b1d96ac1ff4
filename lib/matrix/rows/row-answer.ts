import { type Bits, firstPlace } from '../../evaluator/bits.ts';
import { allAnswers, type Combined } from '../../evaluator/combine.ts';
import { isGrant } from '../../evaluator/conclude.ts';
import type { EqualFormulas } from '../../evaluator/equal-formulas.ts';
import { type Formula, or } from '../../evaluator/formula.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import type { Match } from '../../evaluator/match-statement.ts';
import { grantsAmong } from '../account/one-cell.ts';
import type { Grant } from '../paths/cell.ts';
import { addPlaceSets, atPlace } from './at-column.ts';
import { merge, type Piece, splitBy } from './pieces.ts';

/** The condition under which a request is authorised, and the statements that allow it. */
export interface RowAnswer {
  readonly open: Formula;
  readonly grants: readonly Grant[];
  /** the missing call for the resource; left out: the resource is known */
  readonly missing?: string;
}

/** The pieces of an answer for all places. Places at which it is denied are in no piece. */
export function answersByPlace(
  open: Formula,
  combined: Combined,
  everywhere: Bits,
  equal: EqualFormulas,
): readonly Piece<RowAnswer>[] {
  const sets = new Set<Bits>();
  addPlaceSets(sets, open);
  const matches = allAnswers(combined.answers).flatMap((answer) => answer.matches);
  for (const match of matches) if (mayCount(match)) addPlaceSets(sets, match.applies);
  const pieces = splitBy(everywhere, sets).flatMap((bits) => {
    const place = firstPlace(bits);
    const here = atPlace(open, place);
    if (here === false) return [];
    const grants = grantsAmong(matches, (formula) => atPlace(formula, place));
    return [{ bits, value: { open: equal.of(here), grants } }];
  });
  return merge(pieces, answerName);
}

/**
 * True if the statement may be named: statements that only limit are named if they add a condition, not if they only
 * select places.
 */
function mayCount({ ref, applies }: Match): boolean {
  return isGrant(ref) || (typeof applies !== 'boolean' && applies.kind !== 'places');
}

export function answerName({ open, grants, missing }: RowAnswer): string {
  return `${formulaKey(open)} ${grantNames(grants)} ${missing ?? ''}`;
}

export function grantNames(grants: readonly Grant[]): string {
  return grants.map((grant) => `${grant.layer} ${grant.policy} ${grant.statement}`).join();
}

/** Any of several resources is enough; the first that is open without a condition is named, if any. */
export function anyOf(answers: readonly RowAnswer[]): RowAnswer {
  const open = answers.reduce<Formula>((any, answer) => or(any, answer.open), false);
  const named = answers.find((answer) => answer.open === true) ?? answers[0];
  return {
    open,
    grants: named?.grants ?? [],
    ...(named?.missing === undefined ? {} : { missing: named.missing }),
  };
}

/** For requests for which any place is enough: one piece with all places, or none. */
export function anyPlace(pieces: readonly Piece<RowAnswer>[]): readonly Piece<RowAnswer>[] {
  const [first, ...others] = pieces.toSorted((a, b) => firstPlace(a.bits) - firstPlace(b.bits));
  if (!first || others.length === 0) return pieces;
  return [{ bits: first.bits, value: anyOf([first, ...others].map(({ value }) => value)) }];
}
