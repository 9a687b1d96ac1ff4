import type { Finding, Severity } from '../findings/finding.ts';
import { firstOf, graverFirst, joined, kept, type Most } from './digest-data.ts';
import { findingHolders, peopleTexts, remedyText } from './finding-text.ts';
import { shortTime } from './names.ts';
import type { Report } from './report.ts';
import { isNews } from './summary.ts';

const FINDING_ROWS = 8;
const NAMED = 3;
const RESOLVED = 3;

/** A finding in a digest, with all its text. */
export interface DigestFinding {
  readonly accountId: string;
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly rules: string;
  /** `new`, `was high before` */
  readonly since: string;
  /** empty: it has no holders, or one about which nothing more is known */
  readonly holders: string;
  readonly remedy: string;
}

/** Findings that became known, or graver, since the last digest. */
export interface DigestFindings extends Most<DigestFinding> {
  /** those that were not there before */
  readonly fresh: number;
  /** titles of those that were resolved since then */
  readonly resolved: Most<string>;
}

export const NO_FINDINGS: DigestFindings = {
  count: 0,
  fresh: 0,
  first: [],
  resolved: { count: 0, first: [] },
};

/** `since`: the time of the last digest, or else of the previous audit; null: nothing was reported before. */
export function digestFindings(
  { accountId, findings }: Pick<Report, 'accountId' | 'findings'>,
  standing: readonly Finding[],
  since: string | null,
): DigestFindings {
  const isAfter = (time: string | undefined): boolean => since !== null && time !== undefined && time > since;
  const news = standing.filter(
    (finding) => isNews(finding) || finding.raisedFrom !== undefined || isAfter(finding.firstSeen),
  );
  const resolved = findings.filter(({ status, resolvedAt }) => status === 'resolved' && isAfter(resolvedAt));
  return {
    count: news.length,
    fresh: news.filter(({ raisedFrom }) => raisedFrom === undefined).length,
    first: firstOf(news, FINDING_ROWS, graverFirst).map((finding) => ({
      ...{ accountId, id: finding.id, severity: finding.severity },
      title: kept(finding.title),
      rules: kept(finding.rules.join(', ')),
      since: sinceWhen(finding),
      holders: kept(holdersShown(finding)),
      remedy: kept(remedyText(finding).remedy),
    })),
    resolved: {
      count: resolved.length,
      first: firstOf(resolved, RESOLVED).map(({ title }) => kept(title)),
    },
  };
}

/** Empty if the title says it. */
function holdersShown(finding: Finding): string {
  const names = finding.holderCount > 1 ? [findingHolders(finding, NAMED)] : [];
  return [...names, ...peopleTexts(finding, 1)].join('; ');
}

function sinceWhen(finding: Finding): string {
  if (finding.raisedFrom !== undefined) return `was ${finding.raisedFrom} before`;
  return isNews(finding) ? finding.status : `since ${shortTime(finding.firstSeen)}`;
}

export const joinedFindings = (a: DigestFindings, b: DigestFindings): DigestFindings => ({
  ...joined(a, b, FINDING_ROWS, graverFirst),
  fresh: a.fresh + b.fresh,
  resolved: joined(a.resolved, b.resolved, RESOLVED),
});
