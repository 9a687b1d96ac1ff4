import type { Team } from '../findings/expected/expected.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { type Audited, auditedOf } from '../render/digest-audited.ts';
import {
  type DigestChanges,
  digestChanges,
  joinedChanges,
  NO_CHANGES,
} from '../render/digest-change-data.ts';
import type { Report } from '../render/report.ts';
import { type TeamView, teamView } from '../render/team-report.ts';
import { SetHolders } from '../snapshot/held-by.ts';
import { instancesById } from '../snapshot/instances-of.ts';
import { expectedIn } from './expected-file.ts';
import { readReport } from './read-report.ts';
import { readRunRecord, runIn } from './run-record.ts';
import { sinceDigest } from './since-digest.ts';

/** What digests report about one account: a few kB, so that thousands can be read for one mail. */
export interface AccountDigest {
  readonly audited: Audited;
  /** the part of a team; null: everything */
  readonly teams: readonly { readonly name: string; readonly audited: Audited | null }[];
  /** one line for each run with unreadable changes, the first ones */
  readonly problems: readonly string[];
}

const MOST_PROBLEMS = 5;

/** What digests report about a run. `previous`: the run before it, null for none. */
export async function accountDigest(
  store: ObjectStore,
  { prefix, previous }: { readonly prefix: string; readonly previous: string | null },
  report: Report,
  teams: readonly Team[],
): Promise<AccountDigest> {
  const views = [ALL_OF_IT(report), ...teams.flatMap((team) => viewOf(report, team) ?? [])];
  const instances = instancesById(report.snapshot);
  const holders = new SetHolders(report.snapshot);
  const earlier = views.map(() => NO_CHANGES);
  const { digestAt, problems } = await sinceDigest(store, prefix, previous, (drift, seen) => {
    for (const [at, { driftOf }] of views.entries()) {
      const changes = digestChanges(driftOf(drift), {
        accountId: report.accountId,
        instances,
        holders,
        seen,
      });
      earlier[at] = joinedChanges(earlier[at] ?? NO_CHANGES, changes);
    }
  });
  const digests = views.map((view, at) => teamDigest(view, digestAt, earlier[at]));
  return {
    audited: digests[0] as Audited,
    teams: views.slice(1).map(({ name }, at) => ({ name, audited: digests[at + 1] ?? null })),
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

/** Which part of a report goes to whom. */
interface View extends TeamView {
  readonly name: string;
  /** it gets everything */
  readonly isWhole: boolean;
}

const ALL_OF_IT = (report: Report): View => ({
  ...{ name: '', isWhole: false, report },
  driftOf: (drift) => drift,
});

function viewOf(report: Report, team: Team): View | null {
  const view = teamView(report, team);
  return view === null ? null : { ...view, name: team.name, isWhole: view.report === report };
}

const teamDigest = (
  { isWhole, report }: View,
  digestAt: string | null,
  earlier: DigestChanges | undefined,
): Audited | null => (isWhole ? null : auditedOf({ ...report, digestAt }, earlier));

/** The same for a run of an earlier version, which wrote none. Opens the whole run. */
export async function digestOfRun(store: ObjectStore, prefix: string, run: string): Promise<AccountDigest> {
  const record = await readRunRecord(store, prefix, run);
  const { teams } = expectedIn(record?.expected, record?.takenAt ?? '').expected;
  const report = await readReport(store, prefix, run);
  return accountDigest(store, { prefix, previous: runIn(record?.previous ?? null) }, report, teams);
}
