import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { alertsOf } from '../render/alerts.ts';
import type { Report } from '../render/report.ts';
import { runKey } from './keys.ts';
import type { Attempt } from './standing.ts';
import { writeUnsent } from './unsent.ts';

/** The page that an alert links to. */
const reportFile = 'report.html';

/** Where the report of a run is, for those who read its alerts; undefined: nobody can say. */
const reportUrl = (reportBase: string | undefined, prefix: string, run: string): string | undefined =>
  reportBase === undefined ? undefined : `${reportBase}${runKey(prefix, run, reportFile)}`;

export interface Raise {
  readonly prefix: string;
  readonly attempt: Attempt;
  /** ids of the events that the run answers */
  readonly events: readonly string[];
  readonly reportBase: string | undefined;
  /** whether the run is mailed by itself */
  readonly digest: boolean;
}

/** Puts what an audit tells into `unsent/`. To be called before the pointer moves, after the files of the run are written. */
export async function raiseAlerts(
  { store, clock }: { readonly store: ObjectStore; readonly clock: Clock },
  report: Report,
  { prefix, attempt, events, reportBase, digest }: Raise,
): Promise<void> {
  const wrotePage = async () => (await store.list(runKey(prefix, attempt.run, reportFile), 1)).length > 0;
  const url = reportUrl(reportBase, prefix, attempt.run);
  const link = url !== undefined && (await wrotePage()) ? url : undefined;
  const alerts = alertsOf(report, '', link);
  await writeUnsent(store, prefix, attempt, { at: clock.now().toISOString(), events, alerts, digest });
}
