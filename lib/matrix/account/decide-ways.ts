import type { Uncertainty } from '../../evaluator/decision.ts';
import { type Formula, or, withoutAssumption } from '../../evaluator/formula.ts';
import { DATA_CHANNEL } from '../paths/requests-of-paths.ts';

/** One of several ways to open a path, of which any will do. */
export interface Way {
  readonly open: Formula;
  /** of behaviour that AWS does not document and on which it rests */
  readonly code?: Uncertainty | undefined;
  /** the call that would bring a resource that it rests on; null: all are known */
  readonly missing: string | null;
}

/** What remains to be true of formulas, in whatever form. */
export interface Remains<W, R> {
  /** of what a way says, the caller picking the keys of that way; `null`: of several, picking those of all */
  readonly of: (open: Formula, way: W | null) => R;
  readonly isSame: (one: R, other: R) => boolean;
  readonly isClosed: (remains: R) => boolean;
}

export interface Decided<W, R> {
  readonly remains: R;
  /** what it rests on, with its codes */
  readonly open: Formula;
  /** the first that says as much as all of them, else the first that says anything; undefined: all are closed */
  readonly named: W | undefined;
}

/** What some ways come to together. What is not known counts only where nothing else is open. */
export function decideWays<W extends Way, R>(all: readonly W[], remains: Remains<W, R>): Decided<W, R> {
  const known = all.filter(({ missing }) => missing === null);
  if (known.length === all.length) return decideKnown(all, remains);
  const decided = decideKnown(known, remains);
  if (decided.named) return decided;
  const unsure = all.filter(({ missing }) => missing !== null);
  const other = decideKnown(unsure, remains);
  return other.named ? other : decided;
}

function decideKnown<W extends Way, R>(all: readonly W[], remains: Remains<W, R>): Decided<W, R> {
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

/** A way that carries a code counts only where the others say less. */
function withoutCodes<W extends Way, R>(all: readonly W[], remains: Remains<W, R>): readonly W[] {
  const plain = all.filter(({ code }) => code === undefined);
  if (plain.length === all.length) return all;
  return remains.isSame(remains.of(anyOf(plain), null), remains.of(anyOf(all), null)) ? plain : all;
}

const anyOf = (ways: readonly Way[]): Formula =>
  ways.reduce<Formula>((any, { open }) => or(any, open), false);

/** The same if what need not be granted had to be: where that says no less, no code is needed. */
function ifGranted(open: Formula): Formula {
  return withoutAssumption(open, DATA_CHANNEL.ungranted);
}
