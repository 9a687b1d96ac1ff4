import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { causeFinder, type FindCause } from './cause.ts';
import { type CellChange, cellChanges, DENIED, type Run, stateKey, stateOf } from './cell-changes.ts';
import { type FindGap, gapFinder, undecidedCause } from './coverage-gap.ts';
import type { Cause, CellState, Drift } from './drift.ts';

/** A cell that nobody could decide, because its data was not collected. */
const UNDECIDED: CellState = { verdict: 'unknown', condition: null, landsAs: [] };

/**
 * The cells that were gained, lost or changed between two audits of an account, each with the input that made the
 * difference and, where an event names that input, who did it. Who grants a cell, and whether it can be reached now, is
 * no drift. A cell that could not be decided on one side is `changed` with the cause `coverage`, never lost or gained.
 * Sorted by principal, instance and path.
 */
export function compareRuns(before: Run, after: Run, events: readonly ChangeEvent[]): Drift[] {
  const changes = cellChanges(before, after);
  if (changes.length === 0) return [];
  const finders: Finders = {
    cause: causeFinder(before, after, events),
    gapBefore: gapFinder(before, 'before'),
    gapAfter: gapFinder(after, 'after'),
    regions: new Map(
      [...before.matrix.instances, ...after.matrix.instances].map((one) => [one.id, one.region]),
    ),
  };
  const drift: Drift[] = [];
  for (const change of changes) {
    for (const instance of change.instances) {
      const one = driftOf(change, instance, finders);
      if (one) drift.push(one);
    }
  }
  return drift.sort(byPlace);
}

interface Finders {
  readonly cause: FindCause;
  readonly gapBefore: FindGap;
  readonly gapAfter: FindGap;
  readonly regions: ReadonlyMap<string, string>;
}

function driftOf(change: CellChange, instance: string, finders: Finders): Drift | null {
  const { principal, path } = change;
  const region = finders.regions.get(instance) ?? '';
  const place = { principal, path, instance };
  const wasGap = change.before ? null : finders.gapBefore(place, region);
  const isGap = change.after ? null : finders.gapAfter(place, region);
  const before = wasGap ? UNDECIDED : stateOf(change.before);
  const after = isGap ? UNDECIDED : stateOf(change.after);
  if ((wasGap || isGap) && stateKey(before) === stateKey(after)) return null;
  const cause: Cause = wasGap ?? isGap ?? undecidedCause(change) ?? finders.cause(change, instance);
  return { change: wordOf(before, after), principal, instance, path, before, after, cause };
}

function wordOf(before: CellState, after: CellState): Drift['change'] {
  if (before.verdict === 'unknown' || after.verdict === 'unknown') return 'changed';
  if (before.verdict === DENIED.verdict) return 'gained';
  return after.verdict === DENIED.verdict ? 'lost' : 'changed';
}

function byPlace(a: Drift, b: Drift): number {
  return byText(a.principal, b.principal) || byText(a.instance, b.instance) || byText(a.path, b.path);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
