import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { assignmentDrift } from './assignment-changes.ts';
import { changesBetween } from './changes-between.ts';
import type { Drift } from './drift.ts';
import { listDrift } from './list-drift.ts';
import type { ProductionTest } from './production.ts';
import type { Run } from './run.ts';

/**
 * What was gained, lost or changed between two audits of an account, by cause, as `drift.json` holds it: for each input
 * that made a difference, with who did it where an event names that input, the cells that changed alike as groups. Who
 * grants a cell, and whether it can be reached now, is no drift. A cell that could not be decided on one side is
 * `changed` with the cause `coverage`, never lost or gained. The causes with the most cells come first. Left out,
 * `isProduction` goes by the usual tags. Changes of who holds a permission set come last, without cells.
 */
export function compareRuns(
  before: Run,
  after: Run,
  events: readonly ChangeEvent[],
  isProduction?: ProductionTest,
): Drift[] {
  return [
    ...listDrift(changesBetween(before, after, events, isProduction)),
    ...assignmentDrift(before, after, events),
  ];
}
