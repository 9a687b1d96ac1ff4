import type { EqualFormulas } from '../../evaluator/equal-formulas.ts';
import type { Formula } from '../../evaluator/formula.ts';
import type { Residual, Residuals } from '../../evaluator/residual/residuals.ts';
import type { Subject } from '../account/account.ts';
import { decideWays } from '../account/decide-ways.ts';
import { assumedBy } from '../account/one-cell.ts';
import type { Alternative } from '../paths/access-path.ts';
import { meet, type Piece } from './pieces.ts';
import { grantNames, type RowAnswer } from './row-answer.ts';
import type { HeldCell } from './row-cell.ts';

/** One alternative of a path that is open somewhere. */
export interface OpenAlternative {
  readonly alternative: Alternative;
  readonly code: Alternative['code'];
  readonly open: Formula;
  readonly answers: readonly RowAnswer[];
  /** the missing call for a resource that it depends on; null: all are known */
  readonly missing: string | null;
}

/** The places at which all requests of an alternative are authorised. */
export function openAlternativesOf(
  alternative: Alternative,
  rows: readonly (readonly Piece<RowAnswer>[])[],
  equal: EqualFormulas,
): readonly Piece<OpenAlternative>[] {
  const assumed = equal.of(assumedBy(alternative));
  return meet(rows).flatMap(({ bits, value: answers }) => {
    const open = answers.reduce<Formula>((all, answer) => equal.both(all, answer.open), assumed);
    const missing = answers.find((answer) => answer.missing !== undefined)?.missing ?? null;
    return open === false
      ? []
      : [{ bits, value: { alternative, code: alternative.code, open, answers, missing } }];
  });
}

type DecidedCell = Omit<HeldCell, 'landsAs' | 'untagged'>;

/** The combined result of alternatives; null: nothing is open, since their conditions exclude each other. */
export function decideAlternatives(
  all: readonly OpenAlternative[],
  chosen: readonly string[],
  { given, missing: unread }: Subject,
  residuals: Residuals,
): DecidedCell | null {
  const { remains: residual, named } = decideWays<OpenAlternative, Residual>(all, {
    of: (open, one) => residuals.of(open, one ? (one.alternative.chosen ?? []) : chosen, given),
    isSame: (one, other) => one.condition === other.condition,
    isClosed: ({ remains }) => remains === false,
  });
  if (!named) return null;
  const missing = unread ?? named.missing;
  const condition = residual.remains === true || residual.remains === false ? null : residual.remains;
  const sure = { verdict: condition ? 'conditional' : 'allowed', condition } as const;
  return {
    ...(missing === null ? sure : UNKNOWN),
    residual,
    alternative: named.alternative.id,
    grants: alternativeGrants(named),
    missing,
    isUnseen: named.missing !== null,
  };
}

const UNKNOWN = { verdict: 'unknown', condition: null } as const;

/** Each statement once, in the order of the requests. */
function alternativeGrants({ answers: [first, ...others] }: OpenAlternative): RowAnswer['grants'] {
  if (!first || others.length === 0) return first?.grants ?? [];
  const all = [first, ...others].flatMap(({ grants }) => grants);
  return [...new Map(all.map((grant) => [grantNames([grant]), grant])).values()];
}
