import type { Finding } from '../findings/finding.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import { type Change, changesOf, namesIn } from './changes.ts';
import { type GapLine, gapLines } from './gap-lines.ts';
import { instancesById, shortTime } from './names.ts';
import type { Report } from './report.ts';
import { isNews, type Summary, summarize } from './summary.ts';

/**
 * What a digest tells of a report. It holds neither snapshot nor matrix: those of many accounts at once are more than a
 * function has memory.
 */
export interface DigestReport
  extends Pick<Report, 'accountId' | 'takenAt' | 'previousAt' | 'digestAt' | 'fixes' | 'trend'> {
  readonly accepted: readonly Finding[];
  /** the instances that its changes name, by id */
  readonly instances: ReadonlyMap<string, Instance>;
}

/** A change that a digest tells. */
export interface ToldChange {
  readonly change: Change;
  readonly report: DigestReport;
  /** when a check saw it, and whether its alert is still to be sent; null: the scan of the digest did */
  readonly seen: { readonly at: string; readonly waits: boolean } | null;
}

/** One account of a digest. */
export interface Audited {
  readonly report: DigestReport;
  readonly summary: Omit<Summary, 'access' | 'changes' | 'standing' | 'gaps'>;
  readonly gaps: readonly GapLine[];
  /** of all runs since the last digest */
  readonly changes: readonly ToldChange[];
  /** became known, or graver, since then */
  readonly news: readonly Finding[];
  readonly resolved: readonly Finding[];
  /** nothing of it was told before */
  readonly isFirst: boolean;
}

export function auditedOf(full: Report): Audited {
  const { access: _, changes, standing, gaps, ...summary } = summarize(full);
  const earlier = (full.earlier ?? []).flatMap(({ at, waits, drift }) =>
    changesOf(drift).map((change) => ({ change, seen: { at, waits } })),
  );
  const all = [...earlier, ...changes.map((change) => ({ change, seen: null }))];
  const report = digestReport(
    full,
    all.map(({ change }) => change),
  );
  const since = sinceOf(full);
  const isAfter = (time: string | undefined): boolean => since !== null && time !== undefined && time > since;
  return {
    ...{ report, summary, gaps: gapLines(gaps) },
    changes: all.map((told) => ({ ...told, report })),
    news: standing.filter(
      (finding) => isNews(finding) || finding.raisedFrom !== undefined || isAfter(finding.firstSeen),
    ),
    resolved: full.findings.filter(({ status, resolvedAt }) => status === 'resolved' && isAfter(resolvedAt)),
    isFirst: since === null,
  };
}

function digestReport(full: Report, changes: readonly Change[]): DigestReport {
  const { accountId, takenAt, previousAt, digestAt, fixes, trend, findings, snapshot } = full;
  const all = instancesById(snapshot);
  const named = changes.flatMap(({ rows, counts }) => {
    return namesIn(rows, 'instances', counts.instances, counts.instances).names;
  });
  return {
    ...{ accountId, takenAt, previousAt },
    ...(digestAt !== undefined && { digestAt }),
    ...(fixes !== undefined && { fixes }),
    ...(trend !== undefined && { trend }),
    accepted: findings.filter(({ status }) => status === 'excepted'),
    instances: new Map(
      named.flatMap((id) => {
        const instance = all.get(id);
        return instance === undefined ? [] : [[id, instance] as const];
      }),
    ),
  };
}

/** What a digest tells begins there: at the last one, else at the audit before; null: at nothing. */
const sinceOf = ({ digestAt, previousAt }: Pick<Report, 'digestAt' | 'previousAt'>): string | null =>
  digestAt ?? previousAt;

/** `since 2026-08-22 10:15 UTC`; of several accounts the earliest. Empty where nothing was told before. */
export function sinceText(audited: readonly Audited[]): string {
  const [first] = audited.flatMap(({ report }) => sinceOf(report) ?? []).sort();
  return first === undefined ? '' : `since ${shortTime(first)}`;
}
