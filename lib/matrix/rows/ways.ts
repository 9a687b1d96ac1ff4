import { and, assume, type Formula, or } from '../../evaluator/formula.ts';
import type { Rests } from '../../evaluator/residual/rests.ts';
import type { Subject } from '../account/account.ts';
import type { Alternative } from '../paths/access-path.ts';
import { overlay, type Piece } from './pieces.ts';
import { grantNames, type RowAnswer } from './row-answer.ts';
import type { HeldCell } from './row-cell.ts';

/** One alternative of a path as far as it is open somewhere. */
export interface Way {
  readonly alternative: Alternative;
  readonly open: Formula;
  readonly answers: readonly RowAnswer[];
}

/** Where all requests of an alternative are authorised. */
export function waysOf(
  alternative: Alternative,
  rows: readonly (readonly Piece<RowAnswer>[])[],
): readonly Piece<Way>[] {
  return overlay(rows).flatMap(({ bits, values }) => {
    const answers = values.filter((answer) => answer !== null);
    if (answers.length < rows.length) return [];
    const { code } = alternative;
    const start: Formula = code ? assume(code, true) : true;
    const open = answers.reduce<Formula>((all, answer) => and(all, answer.open), start);
    return open === false ? [] : [{ bits, value: { alternative, open, answers } }];
  });
}

/**
 * What some alternatives come to together: any of them opens the path, and the one that is named is the first that says
 * as much as all of them, else the first that says anything. Null: they exclude themselves.
 */
export function decideWays(
  all: readonly Way[],
  chosen: readonly string[],
  { given, missing }: Subject,
  rests: Rests,
): Omit<HeldCell, 'landsAs' | 'untagged'> | null {
  const ways = withoutCodes(all, chosen, given, rests);
  const rest = rests.of(
    ways.reduce<Formula>((any, way) => or(any, way.open), false),
    chosen,
    given,
  );
  if (rest.rest === false) return null;
  const own = ways.map((way) => rests.of(way.open, way.alternative.chosen ?? [], given));
  const same = own.findIndex(({ condition }) => condition === rest.condition);
  const named = ways[same === -1 ? own.findIndex((one) => one.rest !== false) : same];
  const condition = rest.rest === true ? null : rest.rest;
  const verdict = missing !== null ? 'unknown' : condition ? 'conditional' : 'allowed';
  return {
    verdict,
    condition: verdict === 'unknown' ? null : condition,
    rest,
    alternative: named?.alternative.id ?? '',
    grants: named ? grantsOf(named) : [],
    missing,
  };
}

/** An alternative that carries a code counts only where the others say less. */
function withoutCodes(
  ways: readonly Way[],
  chosen: readonly string[],
  given: Subject['given'],
  rests: Rests,
): readonly Way[] {
  const plain = ways.filter(({ alternative }) => alternative.code === undefined);
  if (plain.length === ways.length) return ways;
  const any = (some: readonly Way[]): number => {
    const open = some.reduce<Formula>((sum, way) => or(sum, way.open), false);
    return rests.of(open, chosen, given).condition;
  };
  return any(plain) === any(ways) ? plain : ways;
}

/** Each statement once, in the order of the requests. */
function grantsOf({ answers: [first, ...others] }: Way): RowAnswer['grants'] {
  if (!first || others.length === 0) return first?.grants ?? [];
  const all = [first, ...others].flatMap(({ grants }) => grants);
  return [...new Map(all.map((grant) => [grantNames([grant]), grant])).values()];
}
