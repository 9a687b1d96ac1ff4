import type { Border } from '../across/border.ts';
import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { productionTest } from '../findings/expected/production.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import type { Report } from '../render/report.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Before, type PreviousRun, readBefore, type Unreadable } from './before.ts';
import { matrixWithBorder, wholeBorder } from './border-file.ts';
import { type Damage, damageOf } from './damage.ts';
import { expectedIn } from './expected-file.ts';
import { judge } from './judge.ts';
import type { Latest } from './latest.ts';
import { matrixWithOpens } from './matrix-with-opens.ts';
import type { ExpectedFile } from './run-record.ts';

/** The inputs of the next audit. */
export interface Next {
  readonly prefix: string;
  readonly snapshot: Snapshot;
  readonly latest: Latest;
  readonly before: PreviousRun | Unreadable | null;
  readonly events: readonly ChangeEvent[];
  readonly expected: ExpectedFile | null;
  /** it must also return its border for chains across accounts */
  readonly isScan?: true;
}

/** The findings of the previous run. */
export type EarlierFindings = Pick<Before, 'findings' | 'findingsOf'>;

export interface Judged {
  readonly report: Report;
  readonly damage: readonly Damage[];
  readonly earlier: EarlierFindings;
  /** null: not requested */
  readonly border: Border | null;
}

/**
 * Evaluates a snapshot and judges it against the previous run. The matrix of that run is in memory only from
 * the end of the new build until the comparison: in a large account each takes hundreds of megabytes.
 */
export async function judgeNext(
  { store, progress }: { readonly store: ObjectStore; readonly progress: Progress },
  { prefix, snapshot, latest, before: found, events, expected, isScan }: Next,
): Promise<Judged> {
  progress.step('evaluating who can reach which instance');
  const isProduction = productionTest(expectedIn(expected, snapshot.takenAt).expected);
  const { matrix, border } = isScan
    ? matrixWithBorder(snapshot, isProduction)
    : { matrix: matrixWithOpens(snapshot), border: null };
  progress.step(found === null ? 'looking for findings' : 'looking for findings and drift');
  const before = found?.snapshot ? await readBefore(store, prefix, found, snapshot) : found;
  const damage = damageOf(latest, before);
  const report = judge({ snapshot, matrix }, before, events, { damage, expected });
  const { findings, findingsOf } = before?.snapshot ? before : NOTHING;
  return {
    ...{ report, damage, earlier: { findings, findingsOf } },
    border: border && wholeBorder(border, { matrix, snapshot }, isProduction),
  };
}

const NOTHING: EarlierFindings = { findings: [], findingsOf: null };
