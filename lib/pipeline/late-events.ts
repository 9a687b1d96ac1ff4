import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { compareRuns } from '../drift/compare.ts';
import { type Drift, isUnexplained } from '../drift/drift.ts';
import type { InputSubject } from '../drift/input-change.ts';
import { productionTest } from '../findings/expected/production.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Report } from '../render/report.ts';
import { jsonText } from '../snapshot/json-text.ts';
import { expectedIn } from './expected-file.ts';
import { judgedAlike } from './judged-alike.ts';
import { addendaFolder, addendumKey } from './keys.ts';
import { readAudit, readDriftOf } from './load.ts';
import { type RunRecord, readRunRecord, runIn, runsBack } from './run-record.ts';

/**
 * How far back a change is searched that a late event explains: a failed event is tried again within the
 * hour.
 */
const LATE_WITHIN = 60 * 60_000;

/** Number of runs that are searched. */
const MOST_RUNS = 200;

/**
 * A change that was reported without its event, reported again with it: the report of its run, with nothing
 * else.
 */
export interface Completed {
  readonly run: string;
  readonly event: ChangeEvent;
  readonly report: Report;
}

/** Causes that an event could explain and none does. */
export const unexplained = (drift: readonly Drift[]): readonly Drift[] =>
  drift.filter(({ cause }) => isUnexplained(cause));

/**
 * What events explain in the drift of the last hour's runs that was reported without an event: a check reads
 * whole services, so it sees changes whose events have not arrived yet. Each explanation is stored once
 * beside its run.
 */
export async function completeLate(
  store: ObjectStore,
  prefix: string,
  at: { readonly latest: string; readonly now: Date },
  events: readonly ChangeEvent[],
): Promise<readonly Completed[]> {
  const completed: Completed[] = [];
  if (events.length === 0) return completed;
  const since = new Date(at.now.getTime() - LATE_WITHIN).toISOString();
  try {
    for await (const past of runsBack(store, prefix, at.latest, MOST_RUNS)) {
      if (past.record.takenAt < since) break;
      if ((past.record.unexplained ?? 0) > 0)
        completed.push(...(await completeRun(store, prefix, past, events)));
    }
  } catch (error) {
    // the comparison reports a damaged run; here it must not stop anything
    if (!(error instanceof InputError)) throw error;
  }
  return completed;
}

async function completeRun(
  store: ObjectStore,
  prefix: string,
  { run, record }: { readonly run: string; readonly record: RunRecord },
  events: readonly ChangeEvent[],
): Promise<Completed[]> {
  // what this event explained before a crash is reported again; it is still sent once
  const own = new Set(events.map(({ eventId }) => eventId));
  const open = unexplained(await readDriftWithAddenda(store, prefix, run, own));
  const likely = events.filter((event) => open.some((drift) => mayExplain(event, drift)));
  const previous = runIn(record.comparedWith ?? record.previous);
  if (likely.length === 0 || previous === null) return [];
  const [before, after] = judgedAlike(
    {
      ...(await readAudit(store, prefix, previous)),
      record: await readRunRecord(store, prefix, previous),
    },
    { ...(await readAudit(store, prefix, run)), record },
  );
  const { expected } = expectedIn(record.expected ?? null, record.takenAt);
  const again = compareRuns(before, after, likely, productionTest(expected));
  const { snapshot, matrix } = after;
  const about = { accountId: snapshot.accountId, takenAt: record.takenAt, previousAt: record.previousAt };
  const completed: Completed[] = [];
  for (const event of likely) {
    const drift = again.filter(
      (one) => one.cause.eventId === event.eventId && open.some((was) => isOf(one, was)),
    );
    if (drift.length === 0) continue;
    const body = `${jsonText({ schemaVersion: 1, eventId: event.eventId, drift })}\n`;
    await store.create(addendumKey(prefix, run, event.eventId), body, 'application/json');
    completed.push({ run, event, report: { ...about, snapshot, matrix, findings: [], drift, problems: [] } });
  }
  return completed;
}

/** True if the event names anything in the change. Comparing again then decides. */
function mayExplain({ touches }: ChangeEvent, drift: Drift): boolean {
  const { cause, groups } = drift;
  const { subjects = [], count = 0 } = cause.recreated ?? {};
  if (subjects.length < count) return true;
  const about = new Set([
    ...groups.flatMap(({ principals, instances }) => [...principals, ...instances]),
    ...subjects.map(({ name }) => name),
  ]);
  const touched: readonly (readonly string[])[] = Object.values(touches);
  return touched.some((names) =>
    names.some((name) => {
      const last = name.slice(name.lastIndexOf('/') + 1);
      return last !== '' && (about.has(name) || about.has(last) || cause.detail.includes(last));
    }),
  );
}

/** True if a change that is reported again is part of a reported one. */
function isOf(again: Drift, was: Drift): boolean {
  if (again.cause.kind !== was.cause.kind) return false;
  if (again.cause.again && was.cause.again) return areAmong(again, was);
  const instances = new Set(was.groups.flatMap((group) => group.instances));
  const principals = new Set(was.groups.flatMap((group) => group.principals));
  return again.groups.some(
    (group) =>
      group.principals.some((one) => principals.has(one)) &&
      group.instances.some((one) => instances.has(one)),
  );
}

/** True if these were created again, too: such a change has no cells that would name them. */
function areAmong({ cause: some }: Drift, { cause: all }: Drift): boolean {
  const [one, other] = [some.recreated, all.recreated];
  // an earlier version did not write who it was
  if (one === undefined || other === undefined) return false;
  const isSame = other.subjects.length < other.count ? haveOneWord : areOne;
  return one.subjects.every((subject) => other.subjects.some((known) => isSame(subject, known)));
}

/** All that are reported together are users, or all are roles. */
const haveOneWord = (one: InputSubject, other: InputSubject): boolean => one.word === other.word;

const areOne = (one: InputSubject, other: InputSubject): boolean =>
  haveOneWord(one, other) && one.name === other.name;

/** The drift of a run with what became known of its causes afterwards, without the given events. */
export async function readDriftWithAddenda(
  store: ObjectStore,
  prefix: string,
  run: string,
  leftOut: ReadonlySet<string> = new Set(),
): Promise<readonly Drift[]> {
  const drift = await readDriftOf(store, prefix, run);
  if (unexplained(drift).length === 0) return drift;
  const later = (await readAddenda(store, prefix, run)).filter(
    ({ cause }) => !leftOut.has(cause.eventId ?? ''),
  );
  return drift.flatMap((one) => withEvents(one, later));
}

/** A reported change with the event that explains it, or split if several events explain all of it. */
function withEvents(one: Drift, later: readonly Drift[]): readonly Drift[] {
  if (one.cause.eventId !== undefined) return [one];
  const known = later.find(({ cause }) => cause.kind === one.cause.kind && cause.detail === one.cause.detail);
  if (known !== undefined) return [{ ...one, cause: known.cause }];
  const parts = one.cause.again ? partsOf(one, later) : [];
  return parts.length > 0 && countIn(parts) === one.counts.principals ? parts : [one];
}

/** What later events explain of principals that were reported in one line, each of them once. */
const partsOf = (one: Drift, later: readonly Drift[]): readonly Drift[] => [
  ...new Map(later.flatMap((part) => (isOf(part, one) ? [[part.cause.detail, part] as const] : []))).values(),
];

const countIn = (parts: readonly Drift[]): number =>
  parts.reduce((sum, { counts }) => sum + counts.principals, 0);

/** What became known of the drift of a run after it was written. */
export async function readAddenda(
  store: ObjectStore,
  prefix: string,
  run: string,
): Promise<readonly Drift[]> {
  const later: Drift[] = [];
  for (const key of await store.list(addendaFolder(prefix, run)))
    later.push(...addendumIn((await store.get(key))?.body));
  return later;
}

/**
 * The drift between two runs as it was reported, with the actors known now; null if `after` was not compared
 * with `before`, or its report is unreadable.
 */
export async function readReportedDrift(
  store: ObjectStore,
  prefix: string,
  before: string,
  after: string,
): Promise<readonly Drift[] | null> {
  try {
    const record = await readRunRecord(store, prefix, after);
    if (record === null || runIn(record.comparedWith ?? record.previous) !== before) return null;
    return await readDriftWithAddenda(store, prefix, after);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function addendumIn(body: string | undefined): readonly Drift[] {
  try {
    const value = JSON.parse(body ?? 'null') as { schemaVersion?: unknown; drift?: unknown } | null;
    return value?.schemaVersion === 1 && Array.isArray(value.drift) ? (value.drift as Drift[]) : [];
  } catch {
    return [];
  }
}
