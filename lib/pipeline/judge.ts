import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { compareRuns } from '../drift/compare.ts';
import { findFindings } from '../findings/find.ts';
import { stillOpen } from '../findings/lifecycle.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import type { Report } from '../render/report.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Before, Unreadable } from './before.ts';
import { type Damage, damageProblems } from './damage.ts';
import { problemsOf } from './problems.ts';

/**
 * Judges an account against the run before: findings, and drift with its causes. Everything in the report is dated by
 * the snapshot, so judging the same data again gives the same report.
 */
export function judge(
  snapshot: Snapshot,
  matrix: Matrix,
  before: Before | Unreadable | null,
  events: readonly ChangeEvent[],
  damage: readonly Damage[] = [],
): Report {
  const known = before?.snapshot ? before : null;
  const found = findFindings({
    snapshot,
    matrix,
    previous: known?.findings ?? [],
    at: snapshot.takenAt,
  });
  return {
    accountId: snapshot.accountId,
    takenAt: snapshot.takenAt,
    previousAt: known?.snapshot.takenAt ?? null,
    snapshot,
    matrix,
    // where runs were lost nobody can say what is new, and nothing that stood already is told again
    findings: before !== null && known === null ? stillOpen(found) : found,
    drift: known === null ? [] : compareRuns(known, { snapshot, matrix }, events),
    problems: [...damageProblems(damage), ...problemsOf(snapshot)],
  };
}
