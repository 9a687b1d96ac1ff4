import { parseChangeEvent } from '../cloudtrail/change-event.ts';
import { scopesOf } from '../cloudtrail/scope.ts';
import type { AccountSource } from '../ports/account-source.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { cellCounts } from '../render/changes.ts';
import type { Report } from '../render/report.ts';
import { type AuditState, auditStateOf } from '../snapshot/audit-state.ts';
import {
  type AnsweringRun,
  type AuditEventsInput,
  type AuditEventsPorts,
  auditEvents,
} from './audit-events.ts';
import { findBefore, type PreviousRun } from './before.ts';
import { damageOf } from './damage.ts';
import { writeHandled } from './event-record.ts';
import { auditedResult, inPlace, otherGroupResult, unsentResult, waitingResult } from './event-results.ts';
import { unsentOfRun } from './keys.ts';
import type { Latest } from './latest.ts';
import { readLatest } from './latest.ts';
import { changeWaiting, dueEvents, noteLooks } from './look-again.ts';
import { ofOtherGroups } from './other-groups.ts';
import { parallel } from './parallel.ts';
import { type Drained, drain, mostPerCall, type SendPorts } from './send.ts';
import type { Concern, EventResult, OpenEvent } from './sort-events.ts';
import { sortEvents } from './sort-events.ts';
import { standings } from './standing.ts';
import { readUnsentAlert, unsentAlerts } from './unsent.ts';

export interface CheckPorts extends SendPorts, AuditEventsPorts {}

export interface CheckInput extends AuditEventsInput {
  /** the checked account; absent: the one of the latest run */
  readonly accountId?: string;
  /** CloudTrail envelopes, as EventBridge delivers them */
  readonly events: readonly unknown[];
  /** examine due events again, even if none of the events concerns the account */
  readonly look?: true;
  readonly topic: string;
}

export interface CheckOutput {
  readonly results: readonly EventResult[];
  /** the run that answers the events; null if nothing had to be audited */
  readonly run: string | null;
  /** cells that changed */
  readonly drift: number;
  /** number of sent alerts, those of earlier runs included */
  readonly alerts: number;
  /** events that will be examined once more, in a quarter of an hour or after the first scan */
  readonly lookAgain: number;
  /** lost or unreadable files of earlier runs, or of the pointer to them */
  readonly damaged: number;
  /** alerts of the account that are still in `unsent/` */
  readonly waiting: number;
  /** those of them that another command is sending now */
  readonly beingSent: number;
  /** alerts of the first scan in `unsent/`, in addition to these, that wait for a subscriber */
  readonly unheard: number;
  readonly refused: number;
  readonly oldestSeconds: number | null;
  /** of the run that answers, or else of the latest; null: not read */
  readonly state: AuditState['state'] | null;
  /** why it is blind, else empty */
  readonly why: string;
  /** one line for each problem */
  readonly problems: readonly string[];
}

/**
 * Answers a batch of events: collects again only what they touch, audits, and alerts about the changes; also
 * sends what earlier runs could not send. Safe to repeat at any point: alerts are in `unsent/` before their
 * run becomes the latest, each names its events, and an event counts as handled only when all of them were
 * sent.
 */
export async function checkStep(ports: CheckPorts, input: CheckInput): Promise<CheckOutput> {
  const { store } = ports;
  const { prefix } = input;
  const start = await readStart(store, input);
  if (start === null) return noScanYet(ports, input);
  const concern = await concernOf(start, ports.source);
  const { settled, open, problems } = await sortEvents(store, prefix, concern, input.events);
  const { answered, due, fresh } = await toAudit(ports, input, open);
  const answer = await auditFresh(ports, input, { start, fresh });
  if (answer === null) return noScanYet(ports, input);
  const { audited, others } = answer;
  const touching = open.filter((one) => !others.includes(one));
  const runOf = ({ event }: OpenEvent) => answered.get(event.eventId) ?? audited?.run ?? null;
  const drained = await drain(ports, { ...input, ...(audited !== null && { run: audited.run }) });
  const isUnsent = waitingIn(drained, prefix);
  const unsent = touching.filter((one) => isUnsent(one.event.eventId, runOf(one)));
  const sent = touching.filter((one) => !unsent.includes(one));
  const lookAgain = audited === null ? 0 : await noteLooks(ports, prefix, due, audited.unexplained);
  await parallel(sent, async (one) => {
    const run = runOf(one);
    if (run !== null) await writeHandled(store, prefix, one.event, run);
  });
  const { drift, damaged, state, why } = standOf(audited, start);
  return {
    lookAgain,
    results: inPlace([
      ...[...settled, ...others.map(otherGroupResult)],
      ...[...sent.map(auditedResult), ...unsent.map(unsentResult)],
    ]),
    run: audited?.run ?? [...answered.values()].at(-1) ?? null,
    ...{ drift, damaged },
    alerts: drained.sent,
    ...{ waiting: drained.waiting, beingSent: drained.beingSent },
    ...{ unheard: drained.unheard, refused: drained.refused },
    oldestSeconds: drained.oldestSeconds,
    ...{ state, why },
    problems: [...problems, ...drained.problems],
  };
}

interface Answer {
  /** null: nothing had to be audited */
  readonly audited: AnsweringRun | null;
  /** events that need no new reading */
  readonly others: readonly OpenEvent[];
}

/** Audits what events touch. Null: there is nothing to compare with. */
async function auditFresh(
  ports: CheckPorts,
  input: CheckInput,
  { start, fresh }: { readonly start: Start; readonly fresh: readonly OpenEvent[] },
): Promise<Answer | null> {
  if (fresh.length === 0) return { audited: null, others: [] };
  const before = start.before ?? (await findBefore(ports.store, input.prefix, start.latest.run));
  if (!before?.snapshot) return null;
  const others = ofOtherGroups(before.snapshot, fresh).filter(isOfBatch);
  const touching = fresh.filter((one) => !others.includes(one));
  if (touching.length === 0) return { audited: null, others };
  return { audited: await auditEvents(ports, input, touching, { latest: start.latest, before }), others };
}

/** Events that are examined again stay on their list until then. */
const isOfBatch = ({ index }: OpenEvent): boolean => index >= 0;

/** The start state of a check. */
interface Start {
  readonly latest: Latest;
  readonly accountId: string;
  /** the latest run; null: not read, since the account is known without it */
  readonly before: PreviousRun | null;
}

/** Null: there is no readable run yet. */
async function readStart(store: ObjectStore, { prefix, accountId }: CheckInput): Promise<Start | null> {
  const latest = await readLatest(store, prefix);
  if (latest.run === null) return null;
  if (accountId !== undefined) return { latest, accountId, before: null };
  const before = await findBefore(store, prefix, latest.run);
  return before?.snapshot ? { latest, accountId: before.snapshot.accountId, before } : null;
}

async function concernOf({ accountId, before }: Start, source: AccountSource): Promise<Concern> {
  if (before === null) return { accountId, regions: null };
  const read = before.snapshot.regions.map(({ region }) => region);
  return { accountId, regions: new Set([...read, ...(await source.regions())]) };
}

/** The state of the run that answers, or else of the latest. */
function standOf(
  audited: AnsweringRun | null,
  { latest, before }: Start,
): Pick<CheckOutput, 'drift' | 'damaged' | 'state' | 'why'> {
  if (audited !== null) {
    const { report, damaged } = audited;
    return { drift: changedCells(report.drift), damaged, ...auditStateOf(report.snapshot) };
  }
  const state = before === null ? ({ state: null, why: '' } as const) : auditStateOf(before.snapshot);
  return { drift: 0, damaged: damageOf(latest, before).length, ...state };
}

interface ToAudit {
  /** runs that already answer an event, with alerts still to be sent */
  readonly answered: ReadonlyMap<string, string>;
  /** events that are due to be examined again */
  readonly due: readonly OpenEvent[];
  readonly fresh: readonly OpenEvent[];
}

/** The part that is left to audit. If no event of a batch concerns the account, nothing is read for it. */
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
 * There is nothing to compare with: no run yet, or no readable one. The events are examined later, since the
 * first scan may have read that part before.
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

/** The events that an adopted run answers, with that run, if some of its alerts are still to be sent. */
async function answeredEvents(
  { store }: CheckPorts,
  { prefix }: CheckInput,
): Promise<ReadonlyMap<string, string>> {
  const keys = (await unsentAlerts(store, prefix)).slice(0, mostPerCall);
  const entries = await parallel(keys, async (key) => (await readUnsentAlert(store, key))?.entry ?? null);
  // after the entries: they are judged by a pointer that is at least as new
  const { run: latest } = entries.length === 0 ? { run: null } : await readLatest(store, prefix);
  const standing = standings(store, prefix, latest);
  const answered = new Map<string, string>();
  for (const entry of entries) {
    if (entry === null || (await standing(entry)) !== 'adopted') continue;
    for (const event of entry.events) answered.set(event, entry.run);
  }
  return answered;
}

/**
 * Whether something about an event is left: an alert that names it, or an alert of its run that was not
 * reached.
 */
function waitingIn({ left, notLooked }: Drained, prefix: string) {
  const events = new Set(left.flatMap((entry) => entry.events));
  return (eventId: string, run: string | null): boolean =>
    events.has(eventId) ||
    (run !== null && notLooked.some((key) => key.startsWith(unsentOfRun(prefix, run))));
}
