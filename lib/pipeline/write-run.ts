import type { Border } from '../across/border.ts';
import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import type { Scope } from '../cloudtrail/scope.ts';
import type { Finding } from '../findings/finding.ts';
import { stillOpen } from '../findings/lifecycle.ts';
import { CATALOGUE } from '../findings/stored.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { FORMATS, type Format, PAGE_FILE } from '../render/formats.ts';
import { orgPart } from '../render/org/org-part.ts';
import type { Report } from '../render/report.ts';
import { trendOf } from '../render/trend-of.ts';
import { snapshotDelta } from '../snapshot/delta.ts';
import { jsonText } from '../snapshot/json-text.ts';
import { writeSnapshot } from '../snapshot/stored-snapshot.ts';
import { accountDigest } from './account-digest.ts';
import { type AccountSummary, summaryFile } from './account-summary.ts';
import type { PreviousRun, Unreadable } from './before.ts';
import { writeBorder } from './border-file.ts';
import type { Damage } from './damage.ts';
import { expectedIn } from './expected-file.ts';
import type { EarlierFindings } from './judge-next.ts';
import { JUDGING } from './judging.ts';
import { deltaFile, GZIP_TYPE, runFolder, runKey, snapshotFile } from './keys.ts';
import { unexplained } from './late-events.ts';
import { pack } from './pack.ts';
import { put } from './put.ts';
import type { ExpectedFile } from './run-record.ts';
import { type Origin, type RunRecord, runRecordFile } from './run-record.ts';
import { timelineFrom } from './timeline.ts';
import { readTrend, trendFile } from './trend-file.ts';

/** The place of a run, and its inputs. */
export interface WrittenRun {
  readonly prefix: string;
  readonly run: string;
  readonly before: PreviousRun | Unreadable | null;
  readonly origin: Origin | null;
  readonly events: readonly ChangeEvent[];
  readonly damage: readonly Damage[];
  readonly expected?: ExpectedFile | null;
  /**
   * Stores the alerts where other steps find them. It is called before the record is written: a run with a
   * record is finished, and is used as the latest if the pointer is lost.
   */
  readonly raise: () => Promise<void>;
}

const JSON_TYPE = 'application/json';

/**
 * Writes every file of a scan except its snapshot. The run becomes the latest only when the pointer moves to
 * it. The result: the report as it was written, with its history.
 */
export async function writeScan(
  store: ObjectStore,
  at: WrittenRun & { readonly border: Border | null },
  judged: Report,
): Promise<Report> {
  const timeline = await timelineFrom(store, at.prefix, at.before?.run ?? null);
  const report = { ...(await withTrend(store, at, judged)), timeline };
  for (const format of FORMATS) await writeFile(store, at, report, format);
  await writeSummary(store, at, report);
  if (at.border) await writeBorder(store, at, at.border);
  const whole = { scopes: null, base: null, findingsOf: null };
  await writeRecord(store, at, report, { ...whole, judging: JUDGING });
  return report;
}

/** What a page and a mail over many accounts show of this one. */
async function writeSummary(store: ObjectStore, at: WrittenRun, report: Report): Promise<void> {
  const { prefix, run, before, expected } = at;
  const { teams } = expectedIn(expected, report.takenAt).expected;
  const from = { prefix, previous: before?.run ?? null };
  const digest = await accountDigest(store, from, report, teams);
  const summary: AccountSummary = { ...orgPart(report), digest };
  await put(store, runKey(prefix, run, summaryFile), `${jsonText(summary)}\n`, JSON_TYPE);
}

/** Writes the numbers of the run after those of earlier runs. */
async function withTrend(
  store: ObjectStore,
  { prefix, run, before }: WrittenRun,
  report: Report,
): Promise<Report> {
  const earlier = before === null ? null : await readTrend(store, prefix, before.run);
  const trend = trendOf(report, earlier?.points ?? []);
  await put(store, runKey(prefix, run, trendFile), `${jsonText(trend)}\n`, JSON_TYPE);
  return { ...report, trend };
}

/** A delta below this number of bytes is never replaced by a whole snapshot. */
const SMALL = 64 * 1024;

/**
 * Writes the results of a check: its drift, its findings if they changed, and the difference from the last
 * whole snapshot. If that is half as large as a snapshot, a whole one is written. Its alerts link to a page, which
 * it writes if something changed. No tables: scans write them.
 */
export async function writeCheck(
  store: ObjectStore,
  at: WrittenRun & {
    readonly before: PreviousRun;
    readonly earlier: EarlierFindings;
    readonly scopes: readonly Scope[];
  },
  report: Report,
): Promise<void> {
  const { before, earlier, scopes, prefix, run } = at;
  const dated = await withTrend(store, at, report);
  const base = runFolder(before.base.run);
  const delta = snapshotDelta(before.base.snapshot, report.snapshot);
  const text = `${jsonText({ schemaVersion: 1, base, delta })}\n`;
  const whole = wholeInstead(text.length, report);
  if (whole === null) await put(store, runKey(prefix, run, deltaFile), text, GZIP_TYPE);
  else await put(store, runKey(prefix, run, snapshotFile), whole, GZIP_TYPE);
  const isChanged = earlier.findingsOf === null || differ(earlier.findings, report.findings);
  const hasPage = (isChanged || report.drift.length > 0) && isQuickPage(report);
  const files = { 'drift.json': true, 'findings.json': isChanged, [PAGE_FILE]: hasPage };
  const timeline = hasPage ? await timelineFrom(store, prefix, before.run) : [];
  await writeFiles(store, at, { ...dated, timeline }, files);
  await writeRecord(store, at, report, {
    scopes,
    base: whole === null ? base : null,
    // the parts that it did not read again are as that run read them
    ...(before.record?.judging !== undefined && { judging: before.record.judging }),
    findingsOf: isChanged || earlier.findingsOf === null ? null : runFolder(earlier.findingsOf),
  });
}

/** Principals times instances of an account whose page is written within seconds: its alerts wait for it. */
const QUICK_PAGE = 20_000_000;

const isQuickPage = ({ matrix }: Report): boolean =>
  matrix.principals.length * matrix.instances.length <= QUICK_PAGE;

/** Those of the files that are true. */
async function writeFiles(
  store: ObjectStore,
  at: WrittenRun,
  report: Report,
  files: Readonly<Record<string, boolean>>,
): Promise<void> {
  for (const format of FORMATS) if (files[format.file]) await writeFile(store, at, report, format);
}

function wholeInstead(length: number, { snapshot }: Report): string | null {
  if (length <= SMALL) return null;
  const whole = writeSnapshot(snapshot);
  return 2 * length > whole.length ? whole : null;
}

/** True if a finding came, went or changed. Its last-seen time and its fix do not count. */
function differ(before: readonly Finding[], after: readonly Finding[]): boolean {
  const text = (findings: readonly Finding[]) =>
    JSON.stringify(findings.map(({ lastSeen: _, fix: __, ...finding }) => finding));
  return text(stillOpen(before)) !== text(after);
}

const writeFile = (store: ObjectStore, at: WrittenRun, report: Report, format: Format): Promise<void> =>
  put(store, runKey(at.prefix, at.run, format.file), format.render(report, pack), format.contentType);

async function writeRecord(
  store: ObjectStore,
  at: WrittenRun,
  report: Report,
  about: Pick<RunRecord, 'scopes' | 'base' | 'findingsOf' | 'judging'>,
): Promise<void> {
  const { before, damage, origin, events, expected } = at;
  await at.raise();
  const record: RunRecord = {
    schemaVersion: 2,
    catalogue: CATALOGUE,
    takenAt: report.takenAt,
    ...about,
    previous: before === null ? null : runFolder(before.run),
    previousAt: report.previousAt,
    origin,
    ...(expected ? { expected } : {}),
    events: events.map(({ eventId }) => eventId),
    ...(before?.snapshot && before.readFrom !== before.run
      ? { comparedWith: runFolder(before.readFrom) }
      : {}),
    unexplained: unexplained(report.drift).length,
    ...(damage.length === 0 ? {} : { damage }),
  };
  await put(store, runKey(at.prefix, at.run, runRecordFile), `${jsonText(record)}\n`, JSON_TYPE);
}
