import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import type { Scope } from '../cloudtrail/scope.ts';
import { compareRuns } from '../drift/compare.ts';
import { findFindings } from '../findings/find.ts';
import type { Matrix } from '../matrix/paths/matrix.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { FORMATS } from '../render/formats.ts';
import type { Report } from '../render/report.ts';
import { jsonText } from '../snapshot/json-text.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { runFolder, runKey } from './keys.ts';
import type { Audit } from './load.ts';
import { readAudit, readFindings } from './load.ts';
import { problemsOf } from './problems.ts';
import { put } from './put.ts';
import type { Origin, RunRecord } from './run-record.ts';
import { runRecordFile } from './run-record.ts';

/** The run before, as far as the next one needs it. */
export interface Before extends Audit {
  readonly run: string;
  readonly findings: Report['findings'];
}

/** Loads the run before; null where there is none. */
export async function readBefore(
  store: ObjectStore,
  prefix: string,
  run: string | null,
): Promise<Before | null> {
  if (run === null) return null;
  const { snapshot, matrix } = await readAudit(store, prefix, run);
  return { run, snapshot, matrix, findings: await readFindings(store, prefix, run) };
}

/**
 * Judges an account against the run before: findings, and drift with its causes. Everything in the report is dated by
 * the snapshot, so judging the same data again gives the same report.
 */
export function judge(
  snapshot: Snapshot,
  matrix: Matrix,
  before: Before | null,
  events: readonly ChangeEvent[],
): Report {
  return {
    accountId: snapshot.accountId,
    takenAt: snapshot.takenAt,
    previousAt: before?.snapshot.takenAt ?? null,
    snapshot,
    matrix,
    findings: findFindings({ snapshot, matrix, previous: before?.findings ?? [], at: snapshot.takenAt }),
    drift: before === null ? [] : compareRuns(before, { snapshot, matrix }, events),
    problems: problemsOf(snapshot),
  };
}

/** Writes every file of a run but its snapshot. The run is not the latest before the pointer is moved to it. */
export async function writeRun(
  store: ObjectStore,
  at: { readonly prefix: string; readonly run: string },
  report: Report,
  about: {
    readonly before: Before | null;
    readonly origin: Origin | null;
    readonly events: readonly ChangeEvent[];
    readonly scopes: readonly Scope[] | null;
  },
): Promise<void> {
  for (const { file, contentType, render } of FORMATS) {
    await put(store, runKey(at.prefix, at.run, file), render(report), contentType);
  }
  const record: RunRecord = {
    schemaVersion: 1,
    takenAt: report.takenAt,
    scopes: about.scopes,
    previous: about.before === null ? null : runFolder(about.before.run),
    previousAt: report.previousAt,
    origin: about.origin,
    events: about.events.map(({ eventId }) => eventId),
  };
  await put(store, runKey(at.prefix, at.run, runRecordFile), `${jsonText(record)}\n`, 'application/json');
}
