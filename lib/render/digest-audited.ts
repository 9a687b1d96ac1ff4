import type { Severity } from '../findings/finding.ts';
import type { AuditState } from '../snapshot/audit-state.ts';
import { SetHolders } from '../snapshot/held-by.ts';
import { instancesById } from '../snapshot/instances-of.ts';
import { byText } from './changes.ts';
import {
  type DigestAccepted,
  digestAccepted,
  joinedAccepted,
  NOTHING_ACCEPTED,
} from './digest-accepted-data.ts';
import { type DigestChanges, digestChanges, joinedChanges, NO_CHANGES } from './digest-change-data.ts';
import { firstOf, joined, kept, type Most } from './digest-data.ts';
import { type DigestFindings, digestFindings, joinedFindings, NO_FINDINGS } from './digest-finding-data.ts';
import { type DigestFixes, digestFixes, joinedFixes, NO_FIXES } from './digest-fix-data.ts';
import { joinedSteps, type TrendSteps, trendSteps } from './digest-trend-data.ts';
import { clip, visible } from './escape.ts';
import { gapLines, inRegions } from './gap-lines.ts';
import { shortTime } from './names.ts';
import type { Report } from './report.ts';
import { summarize } from './summary.ts';

/** Accounts with a separate sentence in a digest. */
export const ACCOUNT_ROWS = 20;
const GAP_ROWS = 5;

/** Code points of the sentences about an account. */
const LONGEST_VERDICT = 1000;

/** A sentence about one account. */
export interface OfAccount {
  readonly accountId: string;
  readonly text: string;
}

/** Calls that gave no data, as a digest names them. */
export interface DigestGap {
  readonly head: string;
  readonly detail: string;
}

/**
 * The part of accounts, one or many, in a digest: each list with no more than a digest shows. Plain data of a
 * few kB, however large the accounts are and however many.
 */
export interface Audited {
  readonly accounts: number;
  /** of the first account */
  readonly accountId: string;
  /** of the latest audit, ISO 8601; empty: there is none */
  readonly takenAt: string;
  /** start of the reported time, the earliest of several accounts; null: nothing was reported before */
  readonly since: string | null;
  /** number of accounts that were never reported before */
  readonly firsts: number;
  readonly states: Readonly<Record<AuditState['state'], number>>;
  /** the reasons of blind accounts */
  readonly blind: readonly OfAccount[];
  readonly verdicts: readonly OfAccount[];
  /** open findings */
  readonly severities: Readonly<Record<Severity, number>>;
  /** of all runs since the last digest */
  readonly changes: DigestChanges;
  readonly findings: DigestFindings;
  readonly accepted: DigestAccepted;
  readonly fixes: DigestFixes;
  readonly gaps: Most<DigestGap>;
  readonly trend: TrendSteps;
}

const NOBODY: Audited = {
  ...{ accounts: 0, accountId: '', takenAt: '', since: null, firsts: 0 },
  states: { complete: 0, partial: 0, blind: 0 },
  ...{ blind: [], verdicts: [] },
  severities: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
  ...{ changes: NO_CHANGES, findings: NO_FINDINGS, accepted: NOTHING_ACCEPTED, fixes: NO_FIXES },
  gaps: { count: 0, first: [] },
  trend: {},
};

/** `earlier`: the changes of runs since the last digest, the oldest first. */
export function auditedOf(report: Report, earlier = NO_CHANGES): Audited {
  const { accountId, takenAt, drift } = report;
  const { standing, gaps, ...summary } = summarize(report);
  const lines = gapLines(gaps);
  const instances = instancesById(report.snapshot);
  const holders = new SetHolders(report.snapshot);
  const since = sinceOf(report);
  return {
    ...{ accounts: 1, accountId, takenAt, since, firsts: Number(since === null) },
    states: { ...NOBODY.states, [summary.state]: 1 },
    blind: summary.state === 'blind' ? [{ accountId, text: kept(summary.why) }] : [],
    verdicts: [{ accountId, text: clip(visible(`${summary.verdict} ${summary.coverage}`), LONGEST_VERDICT) }],
    severities: summary.severities,
    changes: joinedChanges(earlier, digestChanges(drift, { accountId, instances, holders, seen: null })),
    findings: digestFindings(report, standing, since),
    accepted: digestAccepted(report),
    fixes: digestFixes(report),
    gaps: {
      count: lines.length,
      first: firstOf(lines, GAP_ROWS).map((gap) => ({
        head: kept(`${gap.what}${inRegions(gap)}: ${gap.status}`),
        detail: kept(gap.detail),
      })),
    },
    trend: trendSteps(report.trend?.points ?? []),
  };
}

/** Two digests joined. */
function withAnother(a: Audited, b: Audited): Audited {
  if (a.accounts === 0) return b;
  const earliest = [a.since, b.since].filter((since) => since !== null).sort(byText)[0];
  return {
    accounts: a.accounts + b.accounts,
    accountId: a.accountId,
    takenAt: [a.takenAt, b.takenAt].toSorted(byText)[1] ?? '',
    since: earliest ?? null,
    firsts: a.firsts + b.firsts,
    states: summed(a.states, b.states),
    blind: firstOf([...a.blind, ...b.blind], ACCOUNT_ROWS),
    verdicts: firstOf([...a.verdicts, ...b.verdicts], ACCOUNT_ROWS),
    severities: summed(a.severities, b.severities),
    changes: joinedChanges(a.changes, b.changes),
    findings: joinedFindings(a.findings, b.findings),
    accepted: joinedAccepted(a.accepted, b.accepted),
    fixes: joinedFixes(a.fixes, b.fixes),
    gaps: joined(a.gaps, b.gaps, GAP_ROWS),
    trend: joinedSteps(a.trend, b.trend),
  };
}

/** The digest of all of them, in this order. */
export const together = (all: Iterable<Audited>): Audited => {
  let joint = NOBODY;
  for (const one of all) joint = withAnother(joint, one);
  return joint;
};

const summed = <Key extends string>(
  a: Readonly<Record<Key, number>>,
  b: Readonly<Record<Key, number>>,
): Record<Key, number> =>
  Object.fromEntries(Object.entries<number>(a).map(([key, n]) => [key, n + b[key as Key]])) as Record<
    Key,
    number
  >;

/** The start of a digest: the last digest, else the previous audit; null: none. */
const sinceOf = ({ digestAt, previousAt }: Pick<Report, 'digestAt' | 'previousAt'>): string | null =>
  digestAt ?? previousAt;

/** Whether none of them was reported before. */
export const isFirst = ({ accounts, firsts }: Audited): boolean => accounts === firsts;

/** `since 2026-08-22 10:15 UTC`; for several accounts the earliest. Empty if nothing was reported before. */
export const sinceText = ({ since }: Audited): string => (since === null ? '' : `since ${shortTime(since)}`);
