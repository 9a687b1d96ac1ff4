import type { Team } from '../findings/expected/expected.ts';
import { productionTest } from '../findings/expected/production.ts';
import type { RankedFix } from '../findings/fix.ts';
import { fixesFor, PATIENT, QUICK } from '../fixes/fixes.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import type { Audited } from '../render/digest-audited.ts';
import { withFixes } from '../render/digest-finding-data.ts';
import { type DigestFixes, digestFixes, NO_FIXES } from '../render/digest-fix-data.ts';
import { teamView } from '../render/team-report.ts';
import { auditStateOf } from '../snapshot/audit-state.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import { jsonText } from '../snapshot/json-text.ts';
import type { AccountDigest } from './account-digest.ts';
import { readSummary, summaryFile } from './account-summary.ts';
import { expectedIn } from './expected-file.ts';
import { fixesFile } from './fixes-file.ts';
import { runKey } from './keys.ts';
import { type Audit, readFindings, readMatrixOf, readState } from './load.ts';
import { put } from './put.ts';
import { readReport } from './read-report.ts';
import { renderAgain } from './render-again.ts';
import { readRunRecord } from './run-record.ts';

export interface FixInput {
  readonly run: string;
  readonly prefix: string;
  /** number of ranked changes; 0: nothing is computed; left out: ten, and none in large accounts */
  readonly count?: number;
  /** principals times instances above which an account is large; left out: a size for which people can wait */
  readonly upTo?: number;
}

export interface FixOutput {
  readonly ranked: readonly RankedFix[];
  /** findings with a proved change */
  readonly findings: number;
  /** principals times instances, if that was too much to compute fixes unasked */
  readonly tooLarge?: number;
}

const TYPE = 'application/json';

/**
 * Principals times instances above which fixes are computed only on request, because they take too long to wait for.
 */
const LARGE = 250_000;
/** The same for a function, which nobody waits for: what fits into its time. */
export const FITS_FUNCTION = 4_000_000;
const BY_DEFAULT = 10;

/**
 * Computes proved changes for the findings of a scan, and ranks those that remove the most access. It runs after the
 * audit, so that no alert waits for it. Writes the changes into the run's findings and into a file of their own.
 */
export async function fixStep(
  { store, progress }: { readonly store: ObjectStore; readonly progress: Progress },
  { run, prefix, count, upTo = LARGE }: FixInput,
): Promise<FixOutput> {
  const nothing = { ranked: [], findings: 0 };
  if (count === 0) return nothing;
  const record = await readRunRecord(store, prefix, run);
  const { snapshot } = await readState(store, prefix, run, record);
  const size = (snapshot.users.length + snapshot.roles.length) * instancesOf(snapshot).length;
  if (auditStateOf(snapshot).state === 'blind') return nothing;
  if (count === undefined && size > upTo) return { ...nothing, tooLarge: size };
  progress.step('working out what to change');
  const findings = await readFindings(store, prefix, run, record);
  const { expected } = expectedIn(record?.expected, snapshot.takenAt);
  const { ofFindings, whyNot, ranked } = fixesFor(snapshot, findings, {
    count: count ?? BY_DEFAULT,
    isProduction: productionTest(expected),
    knownAccounts: expected.knownAccounts,
    effort: count === undefined && upTo === LARGE ? QUICK : PATIENT,
  });
  const fixed = findings.map(({ whyNoFix: _, ...one }) => {
    const why = whyNot.get(one.id);
    return { ...one, fix: ofFindings.get(one.id) ?? null, ...(why !== undefined && { whyNoFix: why }) };
  });
  await put(store, runKey(prefix, run, 'findings.json'), `${jsonText(fixed, 2)}\n`, TYPE);
  await put(store, runKey(prefix, run, fixesFile), `${jsonText(ranked, 2)}\n`, TYPE);
  // digest and page were written before the fixes were known
  const audit = { snapshot, matrix: await readMatrixOf(store, prefix, run, snapshot) };
  await addToDigest(store, { prefix, run }, { audit, teams: expected.teams });
  await renderAgain(store, prefix, run, audit);
  return { ranked, findings: ofFindings.size };
}

/** The audit wrote the data for mails: now it gets what to change first, for each team as well. */
async function addToDigest(
  store: ObjectStore,
  { prefix, run }: Pick<FixInput, 'prefix' | 'run'>,
  { audit, teams }: { readonly audit: Audit; readonly teams: readonly Team[] },
): Promise<void> {
  const summary = await readSummary(store, prefix, run);
  if (!summary?.digest) return;
  const report = await readReport(store, prefix, run, audit);
  const fixed = (audited: Audited, fixes: DigestFixes): Audited => ({
    ...audited,
    fixes,
    findings: withFixes(audited.findings, report.findings),
  });
  const ofTeam = (name: string): DigestFixes => {
    const team = teams.find((one) => one.name === name);
    const view = team && teamView(report, team);
    return view ? digestFixes(view.report) : NO_FIXES;
  };
  const { audited, teams: ofTeams } = summary.digest;
  const digest: AccountDigest = {
    ...summary.digest,
    audited: fixed(audited, digestFixes(report)),
    teams: ofTeams.map((one) => ({ ...one, audited: one.audited && fixed(one.audited, ofTeam(one.name)) })),
  };
  await put(store, runKey(prefix, run, summaryFile), `${jsonText({ ...summary, digest })}\n`, TYPE);
}
