import { type ChangeEvent, parseChangeEvent } from '../cloudtrail/change-event.ts';
import { distinctScopes, type Scope, scopesOf } from '../cloudtrail/scope.ts';
import { startReading } from '../collect/reading.ts';
import { recollect } from '../collect/recollect.ts';
import type { AccountSource } from '../ports/account-source.ts';
import type { Progress } from '../ports/progress.ts';
import { cellCounts } from '../render/changes.ts';
import type { Report } from '../render/report.ts';
import { type AuditState, auditStateOf } from '../snapshot/audit-state.ts';
import { mergeSnapshots } from '../snapshot/merge.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { raceLimit } from './audit.ts';
import { type Before, readBefore } from './before.ts';
import { damageOf } from './damage.ts';
import { writeHandled } from './event-record.ts';
import { auditedResult, inPlace, unsentResult, waitingResult } from './event-results.ts';
import { judge } from './judge.ts';
import { unsentOfRun } from './keys.ts';
import { completeLate } from './late-events.ts';
import type { Latest } from './latest.ts';
import { moveLatest, readLatest } from './latest.ts';
import { changeWaiting, dueEvents, noteLooks } from './look-again.ts';
import { matrixOf } from './matrix-of.ts';
import { parallel } from './parallel.ts';
import { runName } from './plan.ts';
import { raiseAlerts } from './raise-alerts.ts';
import { renderAgain } from './render-again.ts';
import type { ExpectedFile } from './run-record.ts';
import { type Drained, drain, mostPerCall, type SendPorts } from './send.ts';
import type { EventResult, OpenEvent } from './sort-events.ts';
import { sortEvents } from './sort-events.ts';
import { standings } from './standing.ts';
import { readUnsentAlert, unsentAlerts } from './unsent.ts';
import { writeCheck } from './write-run.ts';

export interface CheckPorts extends SendPorts {
  readonly source: AccountSource;
  readonly progress: Progress;
}

export interface CheckInput {
  readonly prefix: string;
  /** the account that is checked; absent: the one of the latest run */
  readonly accountId?: string;
  /** CloudTrail envelopes, as EventBridge delivers them */
  readonly events: readonly unknown[];
  /** look at what is due to be looked at again, even if none of the events concerns the account */
  readonly look?: true;
  readonly topic: string;
  /** what a report's key is appended to, to make a link for alerts */
  readonly reportBase?: string;
  /** reads the file of expected access, where there is something to audit; left out: nothing is expected, and nothing is said of it */
  readonly expected?: () => Promise<ExpectedFile>;
}

export interface CheckOutput {
  readonly results: readonly EventResult[];
  /** the run that answers the events; null where nothing had to be audited */
  readonly run: string | null;
  /** cells that changed */
  readonly drift: number;
  /** how many went out, those of earlier runs included */
  readonly alerts: number;
  /** events that were put aside to be looked at once more, in a quarter of an hour or after the first scan */
  readonly lookAgain: number;
  /** files of the runs before it, or the pointer to them, that were lost or could not be read */
  readonly damaged: number;
  /** alerts of the account that are still in `unsent/` */
  readonly waiting: number;
  /** those of them that another command is sending at this moment */
  readonly beingSent: number;
  /** alerts of the first scan that are there besides, until somebody is there to get them */
  readonly unheard: number;
  readonly refused: number;
  readonly oldestSeconds: number | null;
  /** of the run that answers, or else of the latest; null where it was not read */
  readonly state: AuditState['state'] | null;
  /** why it is blind, else empty */
  readonly why: string;
  /** one line for each thing that went wrong */
  readonly problems: readonly string[];
}

/**
 * Answers a batch of events: collects again only what they touch, audits, and alerts about what changed; and sends what
 * earlier runs could not send. Safe to try again at any point: alerts are in `unsent/` before their run becomes the
 * latest, each names the events that it answers, and an event counts as handled only when all of them went out.
 */
export async function checkStep(ports: CheckPorts, input: CheckInput): Promise<CheckOutput> {
  const { store } = ports;
  const { prefix } = input;
  const latest = await readLatest(store, prefix);
  if (latest.run === null) return noScanYet(ports, input);
  const known = input.accountId === undefined ? await readBefore(store, prefix, latest.run) : null;
  if (known !== null && known.snapshot === null) return noScanYet(ports, input);
  const accountId = input.accountId ?? known?.snapshot.accountId ?? '';
  const regions =
    known &&
    new Set([...known.snapshot.regions.map(({ region }) => region), ...(await ports.source.regions())]);
  const { settled, open, problems } = await sortEvents(store, prefix, accountId, input.events, regions);
  const { answered, due, fresh } = await toAudit(ports, input, open);
  let audited: Audited | null = null;
  if (fresh.length > 0) {
    const before = known ?? (await readBefore(store, prefix, latest.run));
    if (!before?.snapshot) return noScanYet(ports, input);
    audited = await auditEvents(ports, input, fresh, { latest, before });
  }
  const runOf = ({ event }: OpenEvent) => answered.get(event.eventId) ?? audited?.run ?? null;
  const drained = await drain(ports, { ...input, ...(audited !== null && { run: audited.run }) });
  const isUnsent = waitingIn(drained, prefix);
  const unsent = open.filter((one) => isUnsent(one.event.eventId, runOf(one)));
  const told = open.filter((one) => !unsent.includes(one));
  const lookAgain = audited === null ? 0 : await noteLooks(ports, prefix, due, audited.unexplained);
  await parallel(told, async (one) => {
    const run = runOf(one);
    if (run !== null) await writeHandled(store, prefix, one.event, run);
  });
  return {
    lookAgain,
    results: inPlace([...settled, ...told.map(auditedResult), ...unsent.map(unsentResult)]),
    run: audited?.run ?? [...answered.values()].at(-1) ?? null,
    drift: changedCells(audited?.report.drift ?? []),
    damaged: audited?.damaged ?? damageOf(latest, known).length,
    alerts: drained.sent,
    ...{ waiting: drained.waiting, beingSent: drained.beingSent },
    ...{ unheard: drained.unheard, refused: drained.refused },
    oldestSeconds: drained.oldestSeconds,
    ...stateOf(audited, known),
    problems: [...problems, ...drained.problems],
  };
}

function stateOf(audited: Audited | null, known: { snapshot: Snapshot | null } | null) {
  const snapshot = audited?.report.snapshot ?? known?.snapshot ?? null;
  return snapshot === null ? ({ state: null, why: '' } as const) : auditStateOf(snapshot);
}

interface ToAudit {
  /** runs that answer an event already, and are still to be told */
  readonly answered: ReadonlyMap<string, string>;
  /** events that are due to be looked at once more */
  readonly due: readonly OpenEvent[];
  readonly fresh: readonly OpenEvent[];
}

/** What is left to be audited. Where no event of a batch concerns the account nothing is read for it. */
async function toAudit(ports: CheckPorts, input: CheckInput, open: readonly OpenEvent[]): Promise<ToAudit> {
  const isAsked = input.look ?? input.events.length === 0;
  if (open.length === 0 && !isAsked) return { answered: new Map(), due: [], fresh: [] };
  const answered = open.length === 0 ? new Map<string, string>() : await answeredEvents(ports, input);
  const due = await dueEvents(ports, input.prefix);
  const ids = new Set(open.map(({ event }) => event.eventId));
  const again = due.filter(({ event }) => !ids.has(event.eventId));
  return {
    answered,
    due,
    fresh: [...open.filter(({ event }) => !answered.has(event.eventId)), ...again],
  };
}

function changedCells(drift: Report['drift']): number {
  const { gained, lost, changed } = cellCounts(drift);
  return gained + lost + changed;
}

/**
 * There is nothing to compare with: no run yet, or none that can be read. What may have changed is looked at when there
 * is, since the first scan may have read that part before.
 */
async function noScanYet({ store, clock }: CheckPorts, input: CheckInput): Promise<CheckOutput> {
  const due = clock.now().toISOString();
  const parsed = input.events.map(parseChangeEvent);
  const events = parsed.flatMap((one) => (one.ok && scopesOf(one.event).length > 0 ? [one.event] : []));
  const waiting = await changeWaiting(store, input.prefix, {
    add: events.filter(({ errorCode }) => errorCode === null).map((event) => ({ event, due })),
  });
  return { ...nothingYet, lookAgain: waiting, results: parsed.map(waitingResult) };
}

const nothingYet: Omit<CheckOutput, 'results' | 'lookAgain'> = {
  run: null,
  drift: 0,
  ...{ alerts: 0, damaged: 0, waiting: 0, beingSent: 0, unheard: 0, refused: 0 },
  ...{ oldestSeconds: null, problems: [] },
  ...{ state: null, why: '' },
};

/** The events that a run which became the latest answers, with that run, where alerts of it are still to be sent. */
async function answeredEvents(
  { store }: CheckPorts,
  { prefix }: CheckInput,
): Promise<ReadonlyMap<string, string>> {
  const keys = (await unsentAlerts(store, prefix)).slice(0, mostPerCall);
  const entries = await parallel(keys, async (key) => (await readUnsentAlert(store, key))?.entry ?? null);
  // after the entries: what was read is judged by a pointer that is at least as new
  const { run: latest } = entries.length === 0 ? { run: null } : await readLatest(store, prefix);
  const standing = standings(store, prefix, latest);
  const answered = new Map<string, string>();
  for (const entry of entries) {
    if (entry === null || (await standing(entry)) !== 'adopted') continue;
    for (const event of entry.events) answered.set(event, entry.run);
  }
  return answered;
}

/** Whether something about an event is left: an alert that names it, or one of its run that was not come to. */
function waitingIn({ left, notLooked }: Drained, prefix: string) {
  const events = new Set(left.flatMap((entry) => entry.events));
  return (eventId: string, run: string | null): boolean =>
    events.has(eventId) ||
    (run !== null && notLooked.some((key) => key.startsWith(unsentOfRun(prefix, run))));
}

interface Audited {
  readonly run: string;
  readonly report: Report;
  readonly damaged: number;
  /** events that explain nothing, of this run or of those before it */
  readonly unexplained: readonly ChangeEvent[];
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
  { prefix, reportBase, expected: readFile }: CheckInput,
  open: readonly OpenEvent[],
  first: Base,
): Promise<Audited> {
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
    const before = await readBefore(store, prefix, latest.run);
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
  ports: CheckPorts,
  { reportBase, ...at }: At,
  open: readonly OpenEvent[],
  { before, scopes, again, latest }: Again,
): Promise<Audited> {
  const { store, progress, clock } = ports;
  const events = open.map(({ event }) => event);
  const damage = damageOf(latest, before);
  const snapshot = mergeSnapshots(before.snapshot, again);
  progress.step('evaluating who can reach which instance');
  const report = judge(snapshot, matrixOf(snapshot), before, events, { damage, expected: at.expected });
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
  await writeCheck(store, { ...at, before, origin, events, scopes, damage, raise }, report);
  const unexplained = without(others, new Set(completed.map(({ event }) => event.eventId)));
  return { run: at.run, report, damaged: damage.length, unexplained };
}

const without = (
  events: readonly ChangeEvent[],
  ids: ReadonlySet<string | undefined>,
): readonly ChangeEvent[] => events.filter(({ eventId }) => !ids.has(eventId));
