import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { assignmentDrift } from './assignment-changes.ts';
import { changesBetween } from './changes-between.ts';
import type { Drift } from './drift.ts';
import { listDrift } from './list-drift.ts';
import { passedDates } from './passed-dates.ts';
import type { ProductionTest } from './production.ts';
import { recreatedDrift } from './recreated.ts';
import type { Run } from './run.ts';

/**
 * What was gained, lost or changed between two audits of an account, by cause, as in `drift.json`: for each
 * input that made a difference, with its actor if an event names that input, the cells that changed alike as
 * groups. Grants and reachability are not drift. A cell that could not be decided on one side is `changed`
 * with the cause `coverage`, never lost or gained. The causes with the most cells come first. Without
 * `isProduction` the usual tags are used. Without cells, users and roles that were created again with the
 * access that they had, and changes of the holders of a permission set, come last.
 */
export function compareRuns(
  before: Run,
  after: Run,
  events: readonly ChangeEvent[],
  isProduction?: ProductionTest,
): Drift[] {
  const changes = changesBetween(before, after, events, isProduction);
  return [
    ...listDrift(changes),
    ...passedDates(before, after, isProduction),
    ...recreatedDrift(before, after, changes, events),
    ...assignmentDrift(before, after, events, isProduction),
  ];
}
