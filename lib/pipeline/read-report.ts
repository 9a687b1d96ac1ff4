import type { ObjectStore } from '../ports/object-store.ts';
import type { Report } from '../render/report.ts';
import { damageProblems } from './damage.ts';
import { expectedIn } from './expected-file.ts';
import { readFixes } from './fixes-file.ts';
import { readDriftWithAddenda } from './late-events.ts';
import { type Audit, readAudit, readFindings } from './load.ts';
import { problemsOf } from './problems.ts';
import { readRunRecord } from './run-record.ts';
import { readTrend } from './trend-file.ts';

/**
 * A finished run in the form for renderers, with what became known of its drift since. `audit`: the part that
 * was read already.
 */
export async function readReport(
  store: ObjectStore,
  prefix: string,
  run: string,
  audit?: Audit,
): Promise<Report> {
  const { snapshot, matrix } = audit ?? (await readAudit(store, prefix, run));
  const record = await readRunRecord(store, prefix, run);
  const drift = await readDriftWithAddenda(store, prefix, run);
  return {
    accountId: snapshot.accountId,
    takenAt: snapshot.takenAt,
    previousAt: record?.previousAt ?? null,
    snapshot,
    matrix,
    expected: expectedIn(record?.expected, snapshot.takenAt).expected,
    findings: await readFindings(store, prefix, run, record),
    fixes: await readFixes(store, prefix, run),
    drift,
    trend: await readTrend(store, prefix, run),
    problems: [...damageProblems(record?.damage ?? []), ...problemsOf(snapshot)],
  };
}
