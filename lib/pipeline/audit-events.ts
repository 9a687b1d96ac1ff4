import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { distinctScopes, type Scope } from '../cloudtrail/scope.ts';
import { startReading } from '../collect/reading.ts';
import { recollect } from '../collect/recollect.ts';
import type { AccountSource } from '../ports/account-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import type { Report } from '../render/report.ts';
import { mergeSnapshots } from '../snapshot/merge.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { raceLimit } from './audit.ts';
import { findBefore, type PreviousRun } from './before.ts';
import { judgeNext } from './judge-next.ts';
import { completeLate } from './late-events.ts';
import type { Latest } from './latest.ts';
import { moveLatest, readLatest } from './latest.ts';
import { runName } from './plan.ts';
import { raiseAlerts } from './raise-alerts.ts';
import { renderAgain } from './render-again.ts';
import type { ExpectedFile } from './run-record.ts';
import type { OpenEvent } from './sort-events.ts';
import { writeCheck } from './write-run.ts';

/** The source of the account, and the store of its runs. */
export interface AuditEventsPorts {
  readonly source: AccountSource;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly progress: Progress;
}

/** The place of the runs, and other inputs. */
export interface AuditEventsInput {
  readonly prefix: string;
  /** prefix of report links in alerts */
  readonly reportBase?: string;
  /**
   * reads the file of expected access if there is something to audit; left out: no expected access, and no
   * report about it
   */
  readonly expected?: () => Promise<ExpectedFile>;
}

/** The run that answers the events. */
export interface AnsweringRun {
  readonly run: string;
  readonly report: Report;
  readonly damaged: number;
  /** events that explain nothing, of this run or of earlier ones */
  readonly unexplained: readonly ChangeEvent[];
}

export interface StateBefore {
  readonly latest: Latest;
  readonly before: PreviousRun;
}

/** What was read again, and why. */
interface Again extends StateBefore {
  readonly scopes: readonly Scope[];
  readonly again: Snapshot;
}

/**
 * Collects the scopes of the events again, audits them on top of the latest snapshot, and makes that run the
 * latest. If another run wins the race, the audit is repeated on top of the winner's snapshot: the newer
 * reading of each part stays, so no change is lost or reported twice.
 */
export async function auditEvents(
  ports: AuditEventsPorts,
  { prefix, reportBase, expected: readFile }: AuditEventsInput,
  open: readonly OpenEvent[],
  first: StateBefore,
): Promise<AnsweringRun> {
  const { store } = ports;
  const run = runName(ports.clock.now());
  const { source, clock, progress } = ports;
  const scopes = distinctScopes(open.flatMap((one) => one.scopes));
  const again = await recollect(startReading(source, progress, clock), first.before.snapshot, scopes);
  const expected = (await readFile?.()) ?? null;
  let base = first;
  for (let attempt = 0; attempt < raceLimit; attempt += 1) {
    const audited = await auditOnce(ports, { prefix, run, reportBase, expected }, open, {
      ...base,
      scopes,
      again,
    });
    if ((await moveLatest(store, prefix, run, base.latest)) === 'replaced') return audited;
    ports.progress.step('another run ended first: comparing with that one');
    const latest = await readLatest(store, prefix);
    const before = await findBefore(store, prefix, latest.run);
    if (!before?.snapshot) break;
    base = { latest, before };
  }
  throw new Error(`other runs keep ending first in \`${prefix}runs/\`: run this again when they are done`);
}

interface At {
  readonly prefix: string;
  readonly run: string;
  readonly reportBase: string | undefined;
  readonly expected: ExpectedFile | null;
}

async function auditOnce(
  ports: AuditEventsPorts,
  { reportBase, ...at }: At,
  open: readonly OpenEvent[],
  { before, scopes, again, latest }: Again,
): Promise<AnsweringRun> {
  const { store, clock } = ports;
  const events = open.map(({ event }) => event);
  const snapshot = mergeSnapshots(before.snapshot, again);
  const { report, damage, earlier } = await judgeNext(ports, { ...at, snapshot, latest, before, events });
  const origin = before.record?.origin ?? null;
  const others = without(events, new Set(report.drift.map(({ cause }) => cause.eventId)));
  const completed = await completeLate(store, at.prefix, { latest: before.run, now: clock.now() }, others);
  const toRender = new Map(completed.map((one) => [one.run, one.report]));
  for (const [run, audit] of toRender) await renderAgain(store, at.prefix, run, audit);
  const raise = () =>
    raiseAlerts(ports, report, {
      ...{ prefix: at.prefix, reportBase, attempt: { run: at.run, previous: latest.run } },
      ...{ events: events.map(({ eventId }) => eventId), digest: false, completed },
    });
  await writeCheck(store, { ...at, before, earlier, origin, events, scopes, damage, raise }, report);
  const unexplained = without(others, new Set(completed.map(({ event }) => event.eventId)));
  return { run: at.run, report, damaged: damage.length, unexplained };
}

const without = (
  events: readonly ChangeEvent[],
  ids: ReadonlySet<string | undefined>,
): readonly ChangeEvent[] => events.filter(({ eventId }) => !ids.has(eventId));
