import type { Finding } from '../findings/finding.ts';
import { type Change, changesOf } from './changes.ts';
import { shortTime } from './names.ts';
import type { Report } from './report.ts';
import { isNews, type Summary, summarize } from './summary.ts';

/** A change that a digest tells. */
export interface ToldChange {
  readonly change: Change;
  readonly report: Report;
  /** when a check saw it, and whether its alert is still to be sent; null: the scan of the digest did */
  readonly seen: { readonly at: string; readonly waits: boolean } | null;
}

/** One account of a digest. */
export interface Audited {
  readonly report: Report;
  readonly summary: Summary;
  /** of all runs since the last digest */
  readonly changes: readonly ToldChange[];
  /** became known, or graver, since then */
  readonly news: readonly Finding[];
  readonly resolved: readonly Finding[];
  /** nothing of it was told before */
  readonly isFirst: boolean;
}

export function auditedOf(report: Report): Audited {
  const summary = summarize(report);
  const earlier = (report.earlier ?? []).flatMap(({ at, waits, drift }) =>
    changesOf(drift).map((change) => ({ change, report, seen: { at, waits } })),
  );
  const since = sinceOf(report);
  const isAfter = (time: string | undefined): boolean => since !== null && time !== undefined && time > since;
  return {
    report,
    summary,
    changes: [...earlier, ...summary.changes.map((change) => ({ change, report, seen: null }))],
    news: summary.standing.filter(
      (finding) => isNews(finding) || finding.raisedFrom !== undefined || isAfter(finding.firstSeen),
    ),
    resolved: report.findings.filter(
      ({ status, resolvedAt }) => status === 'resolved' && isAfter(resolvedAt),
    ),
    isFirst: since === null,
  };
}

/** What a digest tells begins there: at the last one, else at the audit before; null: at nothing. */
export const sinceOf = ({ digestAt, previousAt }: Report): string | null => digestAt ?? previousAt;

/** `since 2026-08-22 10:15 UTC`; of several accounts the earliest. Empty where nothing was told before. */
export function sinceText(audited: readonly Audited[]): string {
  const [first] = audited.flatMap(({ report }) => sinceOf(report) ?? []).sort();
  return first === undefined ? '' : `since ${shortTime(first)}`;
}
