import { productionTest } from '../findings/expected/production.ts';
import type { RankedFix } from '../findings/fix.ts';
import { fixesFor } from '../fixes/fixes.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import { toldFixes } from '../render/digest-told-fix.ts';
import { auditStateOf } from '../snapshot/audit-state.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import { jsonText } from '../snapshot/json-text.ts';
import { digestOfRun } from './account-digest.ts';
import { readSummary, summaryFile } from './account-summary.ts';
import { expectedIn } from './expected-file.ts';
import { fixesFile } from './fixes-file.ts';
import { runKey } from './keys.ts';
import { readFindings, readMatrixOf, readState } from './load.ts';
import { put } from './put.ts';
import { renderAgain } from './render-again.ts';
import { readRunRecord } from './run-record.ts';

export interface FixInput {
  readonly run: string;
  readonly prefix: string;
  /** changes that are ranked; 0: nothing is worked out; left out: ten, and in large accounts nothing */
  readonly count?: number;
}

export interface FixOutput {
  readonly ranked: readonly RankedFix[];
  /** findings with a proved change */
  readonly findings: number;
}

const TYPE = 'application/json';

/** Principals times instances beyond which nobody waits for fixes who did not ask for them. */
const LARGE = 250_000;
const BY_DEFAULT = 10;

/**
 * Works out proved changes for the findings of a scan, and ranks those that take away the most: after the audit, so that
 * no alert waits for it. Writes them into the run's findings, and beside them.
 */
export async function fixStep(
  { store, progress }: { readonly store: ObjectStore; readonly progress: Progress },
  { run, prefix, count }: FixInput,
): Promise<FixOutput> {
  const nothing = { ranked: [], findings: 0 };
  if (count === 0) return nothing;
  const record = await readRunRecord(store, prefix, run);
  const { snapshot } = await readState(store, prefix, run, record);
  const size = (snapshot.users.length + snapshot.roles.length) * instancesOf(snapshot).length;
  if (auditStateOf(snapshot).state === 'blind' || (count === undefined && size > LARGE)) return nothing;
  progress.step('working out what to change');
  const findings = await readFindings(store, prefix, run, record);
  const { ofFindings, ranked } = fixesFor(
    snapshot,
    findings,
    count ?? BY_DEFAULT,
    productionTest(expectedIn(record?.expected, snapshot.takenAt).expected),
  );
  const fixed = findings.map((one) => ({ ...one, fix: ofFindings.get(one.id) ?? null }));
  await put(store, runKey(prefix, run, 'findings.json'), `${jsonText(fixed, 2)}\n`, TYPE);
  await put(store, runKey(prefix, run, fixesFile), `${jsonText(ranked, 2)}\n`, TYPE);
  await tellInDigest(store, { prefix, run }, ranked);
  // the page was written before anybody knew them
  const matrix = await readMatrixOf(store, prefix, run, snapshot);
  await renderAgain(store, prefix, run, { snapshot, matrix });
  return { ranked, findings: ofFindings.size };
}

/**
 * What mails tell of the run was written by the audit: now they can say what to change first. Teams that are told of a
 * part of the account are told of the fixes of their own findings, so that the run is read for them.
 */
async function tellInDigest(
  store: ObjectStore,
  { prefix, run }: Pick<FixInput, 'prefix' | 'run'>,
  fixes: readonly RankedFix[],
): Promise<void> {
  const summary = await readSummary(store, prefix, run);
  if (!summary?.digest) return;
  const { told, teams, ...rest } = summary.digest;
  const isPart = teams.some((team) => team.told !== null);
  const digest = isPart
    ? await digestOfRun(store, prefix, run)
    : { ...rest, teams, told: { ...told, fixes: toldFixes({ accountId: told.accountId, fixes }) } };
  await put(store, runKey(prefix, run, summaryFile), `${jsonText({ ...summary, digest })}\n`, TYPE);
}
