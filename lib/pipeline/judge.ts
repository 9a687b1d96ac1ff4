import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { compareRuns } from '../drift/compare.ts';
import type { Drift } from '../drift/drift.ts';
import { expectedDrift } from '../drift/expected-changes.ts';
import { productionTest } from '../findings/expected/production.ts';
import { findFindings } from '../findings/find.ts';
import { stillOpen } from '../findings/lifecycle.ts';
import type { Report } from '../render/report.ts';
import type { Before, Unreadable } from './before.ts';
import { type Damage, damageProblems } from './damage.ts';
import { expectedIn } from './expected-file.ts';
import type { Audit } from './load.ts';
import { problemsOf } from './problems.ts';
import type { ExpectedFile } from './run-record.ts';

/** Further inputs of an audit. */
export interface JudgedWith {
  readonly damage: readonly Damage[];
  readonly expected?: ExpectedFile | null | undefined;
}

/**
 * Judges an account against the previous run: findings, and drift with its causes. Everything in the report
 * has the time of the snapshot, so judging the same data again gives the same report.
 */
export function judge(
  { snapshot, matrix }: Audit,
  before: Before | Unreadable | null,
  events: readonly ChangeEvent[],
  { damage, expected: file = null }: JudgedWith,
): Report {
  const { expected, problems } = expectedIn(file, snapshot.takenAt);
  const known = before?.snapshot ? before : null;
  const found = findFindings({
    snapshot,
    matrix,
    previous: known?.findings ?? [],
    at: snapshot.takenAt,
    ...{ expected, expectedProblems: problems },
  });
  return {
    accountId: snapshot.accountId,
    takenAt: snapshot.takenAt,
    previousAt: known?.snapshot.takenAt ?? null,
    snapshot,
    matrix,
    // if runs were lost it is not known what is new, and nothing old is reported again
    expected,
    findings: before !== null && known === null ? stillOpen(found) : found,
    drift:
      known === null
        ? []
        : [
            ...fileDrift(known, file, events),
            ...compareRuns(known, { snapshot, matrix }, events, productionTest(expected)),
          ],
    problems: [...damageProblems(damage), ...problemsOf(snapshot)],
  };
}

/** Changes of the file; none if one of the two audits did not read it. */
function fileDrift(
  { record, snapshot }: Before,
  now: ExpectedFile | null,
  events: readonly ChangeEvent[],
): readonly Drift[] {
  if (now === null) return [];
  const before = record?.expected ?? null;
  const side = (file: ExpectedFile | null, at: string) => ({
    text: file?.text ?? null,
    expected: expectedIn(file, at).expected,
  });
  return expectedDrift(side(before, snapshot.takenAt), side(now, snapshot.takenAt), events);
}
