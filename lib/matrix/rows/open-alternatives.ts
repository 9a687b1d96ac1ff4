import { and, type Formula, or } from '../../evaluator/formula.ts';
import type { Residuals } from '../../evaluator/residual/residuals.ts';
import type { Subject } from '../account/account.ts';
import { assumedBy, ifGranted } from '../account/one-cell.ts';
import type { Alternative } from '../paths/access-path.ts';
import { overlay, type Piece } from './pieces.ts';
import { grantNames, type RowAnswer } from './row-answer.ts';
import type { HeldCell } from './row-cell.ts';

/** One alternative of a path as far as it is open somewhere. */
export interface OpenAlternative {
  readonly alternative: Alternative;
  readonly open: Formula;
  readonly answers: readonly RowAnswer[];
  /** the call that would bring a resource that it rests on; null: all are known */
  readonly missing: string | null;
}

/** Where all requests of an alternative are authorised. */
export function openAlternativesOf(
  alternative: Alternative,
  rows: readonly (readonly Piece<RowAnswer>[])[],
): readonly Piece<OpenAlternative>[] {
  return overlay(rows).flatMap(({ bits, values }) => {
    const answers = values.filter((answer) => answer !== null);
    if (answers.length < rows.length) return [];
    const open = answers.reduce<Formula>((all, answer) => and(all, answer.open), assumedBy(alternative));
    const missing = answers.find((answer) => answer.missing !== undefined)?.missing ?? null;
    return open === false ? [] : [{ bits, value: { alternative, open, answers, missing } }];
  });
}

/**
 * What some alternatives come to together: any of them opens the path, and the one that is named is the first that says
 * as much as all of them, else the first that says anything. Null: they exclude themselves.
 */
export function decideAlternatives(
  all: readonly OpenAlternative[],
  chosen: readonly string[],
  subject: Subject,
  residuals: Residuals,
): DecidedCell | null {
  const known = all.filter(({ missing }) => missing === null);
  if (known.length === all.length) return decideKnown(all, chosen, subject, residuals);
  // what is not known counts only where nothing else is open
  const cell = known.length > 0 ? decideKnown(known, chosen, subject, residuals) : null;
  if (cell) return cell;
  const unsure = all.filter(({ missing }) => missing !== null);
  return decideKnown(unsure, chosen, subject, residuals);
}

type DecidedCell = Omit<HeldCell, 'landsAs' | 'untagged'>;

function decideKnown(
  all: readonly OpenAlternative[],
  chosen: readonly string[],
  { given, missing: unread }: Subject,
  residuals: Residuals,
): DecidedCell | null {
  const openAlternatives = withoutCodes(all, chosen, given, residuals);
  const any = openAlternatives.reduce<Formula>(
    (sum, openAlternative) => or(sum, openAlternative.open),
    false,
  );
  const loose = residuals.of(any, chosen, given);
  const granted = ifGranted(any);
  const strict = granted === any ? loose : residuals.of(granted, chosen, given);
  const residual = strict.condition === loose.condition ? strict : loose;
  if (residual.remains === false) return null;
  const own = openAlternatives.map((openAlternative) =>
    residuals.of(openAlternative.open, openAlternative.alternative.chosen ?? [], given),
  );
  const same = own.findIndex(({ condition }) => condition === residual.condition);
  const named = openAlternatives[same === -1 ? own.findIndex((one) => one.remains !== false) : same];
  const condition = residual.remains === true ? null : residual.remains;
  const unseen = named?.missing ?? null;
  const missing = unread ?? unseen;
  const sure = { verdict: condition ? 'conditional' : 'allowed', condition } as const;
  return {
    ...(missing === null ? sure : UNKNOWN),
    residual,
    alternative: named?.alternative.id ?? '',
    grants: named ? grantsOf(named) : [],
    missing,
    isUnseen: unseen !== null,
  };
}

const UNKNOWN = { verdict: 'unknown', condition: null } as const;

/** An alternative that carries a code counts only where the others say less. */
function withoutCodes(
  openAlternatives: readonly OpenAlternative[],
  chosen: readonly string[],
  given: Subject['given'],
  residuals: Residuals,
): readonly OpenAlternative[] {
  const plain = openAlternatives.filter(({ alternative }) => alternative.code === undefined);
  if (plain.length === openAlternatives.length) return openAlternatives;
  const any = (some: readonly OpenAlternative[]): number => {
    const open = some.reduce<Formula>((sum, openAlternative) => or(sum, openAlternative.open), false);
    return residuals.of(open, chosen, given).condition;
  };
  return any(plain) === any(openAlternatives) ? plain : openAlternatives;
}

/** Each statement once, in the order of the requests. */
function grantsOf({ answers: [first, ...others] }: OpenAlternative): RowAnswer['grants'] {
  if (!first || others.length === 0) return first?.grants ?? [];
  const all = [first, ...others].flatMap(({ grants }) => grants);
  return [...new Map(all.map((grant) => [grantNames([grant]), grant])).values()];
}
