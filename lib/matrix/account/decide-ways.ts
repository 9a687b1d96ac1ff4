import type { Uncertainty } from '../../evaluator/decision.ts';
import { type Formula, or, withoutAssumption } from '../../evaluator/formula.ts';
import { DATA_CHANNEL } from '../paths/requests-of-paths.ts';

/** One of several alternatives of a path, any of which is enough. */
export interface AlternativeAnswer {
  readonly open: Formula;
  /** the code of undocumented behaviour that it depends on */
  readonly code?: Uncertainty | undefined;
  /** the missing call for a resource that it depends on; null: all are known */
  readonly missing: string | null;
}

/** How to simplify formulas. */
export interface Remains<W, R> {
  /** for one alternative, whose caller chooses its keys; null: for several, whose caller chooses the keys of all */
  readonly of: (open: Formula, way: W | null) => R;
  readonly isSame: (one: R, other: R) => boolean;
  readonly isClosed: (remains: R) => boolean;
}

export interface Decided<W, R> {
  readonly remains: R;
  /** the combined condition, with its codes */
  readonly open: Formula;
  /**
   * the first alternative that is as open as all together, else the first that is open at all; undefined: all are
   * closed
   */
  readonly named: W | undefined;
}

/** The combined result of alternatives. An unknown one counts only if nothing else is open. */
export function decideWays<W extends AlternativeAnswer, R>(
  all: readonly W[],
  remains: Remains<W, R>,
): Decided<W, R> {
  const known = all.filter(({ missing }) => missing === null);
  if (known.length === all.length) return decideKnown(all, remains);
  const decided = decideKnown(known, remains);
  if (decided.named) return decided;
  const unsure = all.filter(({ missing }) => missing !== null);
  const other = decideKnown(unsure, remains);
  return other.named ? other : decided;
}

function decideKnown<W extends AlternativeAnswer, R>(
  all: readonly W[],
  remains: Remains<W, R>,
): Decided<W, R> {
  const ways = withoutCodes(all, remains);
  const any = anyOf(ways);
  const loose = remains.of(any, null);
  const granted = ifGranted(any);
  const strict = granted === any ? loose : remains.of(granted, null);
  const open = remains.isSame(strict, loose) ? granted : any;
  if (remains.isClosed(loose)) return { remains: loose, open, named: undefined };
  const own = ways.map((way) => remains.of(way.open, way));
  const same = own.findIndex((one) => remains.isSame(one, loose));
  const named = ways[same === -1 ? own.findIndex((one) => !remains.isClosed(one)) : same];
  return { remains: open === granted ? strict : loose, open, named };
}

/** An alternative with a code counts only if the others are less open. */
function withoutCodes<W extends AlternativeAnswer, R>(
  all: readonly W[],
  remains: Remains<W, R>,
): readonly W[] {
  const plain = all.filter(({ code }) => code === undefined);
  if (plain.length === all.length) return all;
  return remains.isSame(remains.of(anyOf(plain), null), remains.of(anyOf(all), null)) ? plain : all;
}

const anyOf = (ways: readonly AlternativeAnswer[]): Formula =>
  ways.reduce<Formula>((any, { open }) => or(any, open), false);

/** The same formula if accepted missing grants counted as denied: if it is just as open, no code is needed. */
function ifGranted(open: Formula): Formula {
  return withoutAssumption(open, DATA_CHANNEL.ungranted);
}
