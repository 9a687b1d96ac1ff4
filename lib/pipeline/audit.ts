import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import type { Severity } from '../findings/finding.ts';
import { STANDING, selectFindings } from '../findings/select.ts';
import { instanceCount } from '../matrix/answers/find-groups.ts';
import type { Clock } from '../ports/clock.ts';
import { InputError } from '../ports/input-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import { type AcceptedCounts, acceptedCounts } from '../render/accepted-text.ts';
import { accessOf } from '../render/access.ts';
import { type CellCounts, cellCounts } from '../render/changes.ts';
import type { KindCounts } from '../render/kind-counts.ts';
import type { Report } from '../render/report.ts';
import { cellsSinceScan } from '../render/since-scan.ts';
import { isNobodySure, shellKinds } from '../render/summary.ts';
import { undecidedIn, undecidedText } from '../render/undecided.ts';
import { type AuditState, auditStateOf } from '../snapshot/audit-state.ts';
import { mergeScan } from '../snapshot/carry.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { writeSnapshot } from '../snapshot/stored-snapshot.ts';
import { findBefore, type PreviousRun, type Unreadable } from './before.ts';
import { judgeNext } from './judge-next.ts';
import { GZIP_TYPE, runFolder, runKey, snapshotFile } from './keys.ts';
import { type Latest, moveLatest, readLatest } from './latest.ts';
import { readSnapshot } from './load.ts';
import { changeWaiting, readWaiting, type WaitingEvent } from './look-again.ts';
import { put } from './put.ts';
import { raiseAlerts } from './raise-alerts.ts';
import { readReport } from './read-report.ts';
import type { ExpectedFile, Origin } from './run-record.ts';
import { readRunRecord, runIn } from './run-record.ts';
import { standingOf } from './standing.ts';
import { writeScan } from './write-run.ts';

export interface AuditInput {
  readonly run: string;
  readonly prefix: string;
  /** changes that may be the cause of drift */
  readonly events?: readonly ChangeEvent[];
  /** the source of the snapshot */
  readonly origin?: Origin;
  /** the file of expected access; left out: no expected access, and no report about it */
  readonly expected?: ExpectedFile | null;
  /** prefix of report links in alerts: `https://reports.example/`, `s3://bucket/` */
  readonly reportBase?: string;
  /** the run is of this account only, and is mailed */
  readonly mailed?: true;
}

/** Small enough to pass between the states of a state machine. */
export interface AuditOutput {
  readonly accountId: string;
  readonly run: string;
  readonly prefix: string;
  readonly previousRun: string | null;
  /** lost or unreadable files of earlier runs, or of the pointer to them */
  readonly damaged: number;
  /** open findings, by severity */
  readonly findings: Readonly<Record<Severity, number>>;
  /** accepted findings */
  readonly accepted: AcceptedCounts;
  /** changed cells since the run before, by kind of change */
  readonly drift: CellCounts;
  /** changed cells since the last scan: also those that checks of events found in between */
  readonly driftSinceScan: CellCounts;
  /** number of judged principals, outsiders included, and of instances */
  readonly principals: number;
  readonly instances: number;
  /** cells that are not denied */
  readonly cells: number;
  /** principals that have a shell on some instance, by kind */
  readonly shells: KindCounts;
  /** principals that are not listed are known to have none */
  readonly isNobodySure: boolean;
  /** a sentence about undecided parts that depend on missing data; empty if there are none */
  readonly undecided: string;
  /** `blind`: nothing was audited, and `why` says why */
  readonly state: AuditState['state'];
  readonly why: string;
}

/** How often an audit is repeated because another run became the latest meanwhile. */
export const raceLimit = 20;

/**
 * Audits the snapshot of a run against the latest run, writes the run's files and makes it the latest. The
 * newer reading of each part is audited, so that parts read for events meanwhile stay. If another run wins
 * the race, it audits again on top of the winner, so that every change is reported once. Messages are written
 * to `unsent/` before the pointer moves, so that a run which became the latest is always reported. A repeated
 * step that had already finished returns what it wrote.
 */
export async function auditStep(
  ports: { readonly store: ObjectStore; readonly clock: Clock; readonly progress: Progress },
  input: AuditInput,
): Promise<AuditOutput> {
  const { store, progress } = ports;
  const { run, prefix, origin = null, reportBase, mailed = false, expected = null } = input;
  const waiting = await readWaiting(store, prefix);
  const events = [...(input.events ?? []), ...waiting.map(({ event }) => event)];
  const key = runKey(prefix, run, snapshotFile);
  const scanned = await readSnapshot(store, key);
  for (let attempt = 0; attempt < raceLimit; attempt += 1) {
    const latest = await readLatest(store, prefix, run);
    if (await isEnded(store, prefix, run, latest)) return endedBefore(store, input);
    const before = await findBefore(store, prefix, latest.run, scanned);
    mustBeOfOneAccount(scanned, before, prefix);
    const snapshot = await newest(store, key, scanned, before);
    const next = { prefix, snapshot, latest, before, events, expected, isScan: true } as const;
    const { report, damage, border } = await judgeNext(ports, next);
    progress.step('writing the reports');
    const raise = () =>
      raiseAlerts(ports, report, {
        ...{ prefix, reportBase, attempt: { run, previous: latest.run } },
        ...{ events: events.map(({ eventId }) => eventId), digest: mailed },
      });
    const at = { prefix, run, before, origin, events, damage, expected, raise, border };
    const written = await writeScan(store, at, report);
    const output = auditOutput(written, input, {
      previous: latest.run === null ? null : runFolder(latest.run),
      damaged: damage.length,
    });
    if ((await moveLatest(store, prefix, run, latest)) === 'replaced') {
      await forgetSeen(store, prefix, waiting, scanned.takenAt);
      return output;
    }
    progress.step('another run ended first: comparing with that one');
  }
  throw new Error(`other runs keep ending first in \`${prefix}runs/\`: run this again when they are done`);
}

/**
 * The newer reading of each part; if one comes from the latest run, the run's snapshot at `key` is written
 * again with it.
 */
async function newest(
  store: ObjectStore,
  key: string,
  scanned: Snapshot,
  before: PreviousRun | Unreadable | null,
): Promise<Snapshot> {
  if (!before?.snapshot) return scanned;
  const merged = mergeScan(before.snapshot, scanned);
  if (merged !== scanned) await put(store, key, writeSnapshot(merged), GZIP_TYPE);
  return merged;
}

/** Forgets events that were due before this scan started: the scan has examined them. */
async function forgetSeen(
  store: ObjectStore,
  prefix: string,
  waiting: readonly WaitingEvent[],
  since: string,
): Promise<void> {
  const seen = waiting.filter(({ due }) => due <= since);
  await changeWaiting(store, prefix, { remove: seen.map(({ event }) => event.eventId) });
}

/** The run is or was the latest: an attempt that died afterwards had done everything. */
async function isEnded(store: ObjectStore, prefix: string, run: string, latest: Latest): Promise<boolean> {
  if (latest.run === run) return true;
  const record = await readRunRecord(store, prefix, run);
  if (record === null) return false;
  const previous = runIn(record.previous);
  return (await standingOf(store, prefix, latest.run, { run, previous })) === 'adopted';
}

/** Compared with another account, everything would look gained and lost. */
function mustBeOfOneAccount(
  snapshot: Snapshot,
  before: PreviousRun | Unreadable | null,
  prefix: string,
): void {
  if (!before?.snapshot || before.snapshot.accountId === snapshot.accountId) return;
  throw new InputError(
    `\`${prefix}runs/\` holds runs of account \`${before.snapshot.accountId}\`, and this is \`${snapshot.accountId}\`: write it to a folder of its own`,
  );
}

async function endedBefore(store: ObjectStore, input: AuditInput): Promise<AuditOutput> {
  const report = await readReport(store, input.prefix, input.run);
  const record = await readRunRecord(store, input.prefix, input.run);
  return auditOutput(report, input, {
    previous: record?.previous ?? null,
    damaged: record?.damage?.length ?? 0,
  });
}

const auditOutput = (
  report: Report,
  { run, prefix }: AuditInput,
  { previous, damaged }: { readonly previous: string | null; readonly damaged: number },
): AuditOutput => ({
  accountId: report.accountId,
  run,
  prefix,
  previousRun: previous,
  damaged,
  findings: findingCounts(report),
  accepted: acceptedCounts(report.findings),
  drift: cellCounts(report.drift),
  driftSinceScan: cellsSinceScan(report),
  principals: report.matrix.principals.length,
  instances: report.matrix.instances.length,
  cells: report.matrix.groups.reduce((sum, group) => sum + group.principals.length * instanceCount(group), 0),
  shells: shellKinds(report, accessOf(report.matrix)),
  isNobodySure: isNobodySure(report),
  undecided: undecidedText(undecidedIn(report.matrix)),
  ...auditStateOf(report.snapshot),
});

function findingCounts(report: Report): AuditOutput['findings'] {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of selectFindings(report.findings, { states: STANDING })) counts[severity] += 1;
  return counts;
}
