import type { Clock } from '../ports/clock.ts';
import type { Alert } from '../ports/notifier.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { alertsOf } from '../render/alerts.ts';
import { PAGE_FILE } from '../render/formats.ts';
import type { Report } from '../render/report.ts';
import { runKey } from './keys.ts';
import type { Completed } from './late-events.ts';
import type { Attempt } from './standing.ts';
import { writeUnsent } from './unsent.ts';

/** The link of an alert without a page: a check of a large account writes none. */
const DRIFT = 'drift.json';

export interface Raise {
  readonly prefix: string;
  readonly attempt: Attempt;
  /** ids of the events that the run answers */
  readonly events: readonly string[];
  readonly reportBase: string | undefined;
  /** whether the run is mailed by itself */
  readonly digest: boolean;
  /** changes of earlier runs whose event is known now */
  readonly completed?: readonly Completed[];
}

/**
 * Writes the alerts of an audit to `unsent/`. Call it after the pages of the run are written, and before its
 * record.
 */
export async function raiseAlerts(
  { store, clock }: { readonly store: ObjectStore; readonly clock: Clock },
  report: Report,
  { prefix, attempt, events, reportBase, digest, completed = [] }: Raise,
): Promise<void> {
  const page = runKey(prefix, attempt.run, PAGE_FILE);
  const wrotePage = async () => (await store.list(page, 1)).length > 0;
  const linked = async () => ((await wrotePage()) ? page : runKey(prefix, attempt.run, DRIFT));
  const link = reportBase === undefined ? undefined : `${reportBase}${await linked()}`;
  const later = completed.flatMap((one) => alertsOf(one.report, '', undefined, EVENT_CAME).map(completes));
  const alerts = [...alertsOf(report, '', link), ...later];
  await writeUnsent(store, prefix, attempt, { at: clock.now().toISOString(), events, alerts, digest });
}

const EVENT_CAME = 'This change was reported before without its event, which has arrived since.';

/** Says in an alert that the change was reported before, and that its event has arrived. */
const completes = (alert: Alert): Alert => ({
  ...alert,
  attributes: { ...alert.attributes, completes: 'true' },
});
