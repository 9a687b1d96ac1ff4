import { parseChangeEvent } from '../cloudtrail/change-event.ts';
import type { Scope } from '../cloudtrail/scope.ts';
import { recollect } from '../collect/recollect.ts';
import { withOpens } from '../matrix/answers/tag-changes/with-opens.ts';
import { buildMatrix } from '../matrix/build.ts';
import type { AccountSource } from '../ports/account-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import { sendAlerts } from '../publish/send-alerts.ts';
import { alertsOf } from '../render/alerts.ts';
import { cellCounts } from '../render/changes.ts';
import type { Report } from '../render/report.ts';
import { mergeSnapshots } from '../snapshot/merge.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { writeSnapshot } from '../snapshot/stored-snapshot.ts';
import { raceLimit } from './audit.ts';
import { writeEventRecord } from './event-record.ts';
import type { Before } from './judge.ts';
import { judge, readBefore, writeRun } from './judge.ts';
import { alertRecordKey, runKey } from './keys.ts';
import type { Latest } from './latest.ts';
import { moveLatest, readLatest } from './latest.ts';
import { readReport } from './load.ts';
import { runName } from './plan.ts';
import { put } from './put.ts';
import { readRunRecord, runsBack } from './run-record.ts';
import type { EventResult, OpenEvent } from './sort-events.ts';
import { sortEvents } from './sort-events.ts';

export interface CheckPorts {
  readonly source: AccountSource;
  readonly store: ObjectStore;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly progress: Progress;
}

export interface CheckInput {
  readonly prefix: string;
  /** CloudTrail envelopes, as EventBridge delivers them */
  readonly events: readonly unknown[];
  readonly topic: string;
}

export interface CheckOutput {
  readonly results: readonly EventResult[];
  /** the run that answers the events; null where nothing had to be audited */
  readonly run: string | null;
  /** cells that changed */
  readonly drift: number;
  readonly alerts: number;
}

/**
 * Answers a batch of events: collects again only what they touch, audits, and alerts about what changed. Safe to try
 * again at any point: an event counts as handled only when its alerts went out, and until then the run that was begun
 * for it is found again by its record.
 */
export async function checkStep(ports: CheckPorts, input: CheckInput): Promise<CheckOutput> {
  const { store } = ports;
  const { prefix } = input;
  const latest = await readLatest(store, prefix);
  const before = await readBefore(store, prefix, latest.run);
  if (before === null) return noScanYet(input);
  const { settled, open } = await sortEvents(store, prefix, before.snapshot.accountId, input.events);
  const interrupted = await begunAndLatest(store, prefix, before.run, open);
  const fresh = open.filter(({ index }) => !interrupted.has(index));

  let alerts = 0;
  for (const run of new Set(interrupted.values())) {
    alerts += await alertAbout(ports, input, run, await readReport(store, prefix, run));
  }
  const audited = fresh.length === 0 ? null : await auditEvents(ports, prefix, fresh, { latest, before });
  if (audited !== null) alerts += await alertAbout(ports, input, audited.run, audited.report);

  for (const { index, event } of open) {
    const run = interrupted.get(index) ?? audited?.run;
    if (run !== undefined) await writeEventRecord(store, prefix, event, { state: 'handled', run });
  }
  return {
    results: [...settled, ...open.map(({ index }): EventResult => ({ index, outcome: 'audited' }))].sort(
      (a, b) => a.index - b.index,
    ),
    run: audited?.run ?? [...interrupted.values()].at(-1) ?? null,
    drift: changedCells(audited?.report.drift ?? []),
    alerts,
  };
}

function changedCells(drift: Report['drift']): number {
  const { gained, lost, changed } = cellCounts(drift);
  return gained + lost + changed;
}

const noScanYet = (input: CheckInput): CheckOutput => ({
  results: input.events.map((envelope, index) => {
    const parsed = parseChangeEvent(envelope);
    return parsed.ok
      ? { index, outcome: 'ignored', reason: 'there is no scan yet: the first one will see the change' }
      : { index, outcome: 'unreadable', reason: parsed.reason };
  }),
  run: null,
  drift: 0,
  alerts: 0,
});

const alertAbout = (ports: CheckPorts, input: CheckInput, run: string, report: Report): Promise<number> =>
  sendAlerts(ports, run, alertsOf(report, input.topic), (key) => alertRecordKey(input.prefix, key));

/** How far back an interrupted check is looked for: it is tried again within minutes, so it is among the newest runs. */
const lookBack = 200;

/** The runs that an interrupted check had already made the latest, by place of their event in the batch. */
async function begunAndLatest(
  store: ObjectStore,
  prefix: string,
  latestRun: string,
  open: readonly OpenEvent[],
): Promise<ReadonlyMap<number, string>> {
  const wanted = new Set(open.flatMap(({ begunBy }) => (begunBy === null ? [] : [begunBy])));
  const found = new Set<string>();
  if (wanted.size === 0) return new Map();
  for await (const { run } of runsBack(store, prefix, latestRun, lookBack)) {
    if (wanted.has(run)) found.add(run);
    if (found.size === wanted.size) break;
  }
  return new Map(
    open.flatMap(({ index, begunBy }) => (begunBy !== null && found.has(begunBy) ? [[index, begunBy]] : [])),
  );
}

interface Base {
  readonly latest: Latest;
  readonly before: Before;
}

/** What was read again, and why. */
interface Again extends Base {
  readonly scopes: readonly Scope[];
  readonly again: Snapshot;
}

/**
 * Collects the scopes of the events again, audits them on top of the latest snapshot, and makes that run the latest.
 * When another run wins the race, the audit is done again on top of the winner's snapshot: of each part the newer
 * reading stays, and so no change is lost or told twice.
 */
async function auditEvents(
  ports: CheckPorts,
  prefix: string,
  open: readonly OpenEvent[],
  first: Base,
): Promise<{ readonly run: string; readonly report: Report }> {
  const { store } = ports;
  const run = runName(ports.clock.now());
  const { source, clock, progress } = ports;
  const scopes = distinctScopes(open.flatMap((one) => one.scopes));
  const again = await recollect(source, first.before.snapshot, scopes, clock, progress);
  let base = first;
  for (let attempt = 0; attempt < raceLimit; attempt += 1) {
    const report = await auditOnce(ports, { prefix, run }, open, { ...base, scopes, again });
    if ((await moveLatest(store, prefix, run, base.latest)) === 'replaced') return { run, report };
    ports.progress.step('another run ended first: comparing with that one');
    const latest = await readLatest(store, prefix);
    const before = await readBefore(store, prefix, latest.run);
    if (before === null) break;
    base = { latest, before };
  }
  throw new Error(`other runs keep ending first in \`${prefix}runs/\`: run this again when they are done`);
}

async function auditOnce(
  ports: CheckPorts,
  at: { readonly prefix: string; readonly run: string },
  open: readonly OpenEvent[],
  { before, scopes, again }: Again,
): Promise<Report> {
  const { store, progress } = ports;
  const events = open.map(({ event }) => event);
  const snapshot = mergeSnapshots(before.snapshot, again);
  progress.step('evaluating who can reach which instance');
  const report = judge(snapshot, withOpens(buildMatrix(snapshot), snapshot), before, events);
  const origin = (await readRunRecord(store, at.prefix, before.run))?.origin ?? null;
  await put(store, runKey(at.prefix, at.run, 'snapshot.json'), writeSnapshot(snapshot), 'application/json');
  await writeRun(store, at, report, { before, origin, events, scopes });
  for (const event of events) {
    await writeEventRecord(store, at.prefix, event, { state: 'pending', run: at.run });
  }
  return report;
}

/** Each scope once; a whole service covers it in one region. */
function distinctScopes(scopes: readonly Scope[]): readonly Scope[] {
  return [...new Map(scopes.map((scope) => [`${scope.service} ${scope.region ?? ''}`, scope])).values()];
}
