import type { Finding, Severity } from '../findings/finding.ts';
import { shortList } from '../policy/counted.ts';
import { byText } from './changes.ts';
import { firstOf, graverFirst, joined, kept, type Most } from './digest-data.ts';
import { shownCommands } from './digest-fix-data.ts';
import { findingHolders, peopleTexts, remedyText } from './finding-text.ts';
import { fixProof } from './fix-text.ts';
import { shortTime } from './names.ts';
import type { Report } from './report.ts';
import { isNews } from './summary.ts';

const FINDING_ROWS = 8;
const NAMED = 3;
const RESOLVED = 3;
const RULES = 3;

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
  /** a proved change that fixes it; left out: there is none, or it is not known yet */
  readonly fix?: DigestFindingFix;
}

export interface DigestFindingFix {
  readonly says: string;
  readonly proof: string;
  /** empty: there are too many, or too long ones */
  readonly commands: readonly string[];
}

/** Findings that became known, or graver, since the last digest. */
export interface DigestFindings extends Most<DigestFinding> {
  /** those that were not there before */
  readonly fresh: number;
  /** titles of those that were resolved since then */
  readonly resolved: Most<string>;
  /** left out: none */
  readonly lasting?: LastingFindings;
}

/** Critical findings that stand for more than a week, and the oldest of them. */
export interface LastingFindings {
  readonly count: number;
  readonly accountId: string;
  readonly title: string;
  /** ISO 8601 */
  readonly since: string;
}

const WEEK = 7 * 86_400_000;

export const NO_FINDINGS: DigestFindings = {
  count: 0,
  fresh: 0,
  first: [],
  resolved: { count: 0, first: [] },
};

/** `since`: the time of the last digest, or else of the previous audit; null: nothing was reported before. */
export function digestFindings(
  { accountId, takenAt, findings }: Pick<Report, 'accountId' | 'takenAt' | 'findings'>,
  standing: readonly Finding[],
  since: string | null,
): DigestFindings {
  const isAfter = (time: string | undefined): boolean => since !== null && time !== undefined && time > since;
  const news = standing.filter(
    (finding) => isNews(finding) || finding.raisedFrom !== undefined || isAfter(finding.firstSeen),
  );
  const lasting = lastingIn(accountId, takenAt, standing);
  const resolved = findings.filter(({ status, resolvedAt }) => status === 'resolved' && isAfter(resolvedAt));
  return {
    count: news.length,
    fresh: news.filter(({ raisedFrom }) => raisedFrom === undefined).length,
    first: firstOf(news, FINDING_ROWS, graverFirst).map((finding) => ({
      ...{ accountId, id: finding.id, severity: finding.severity },
      title: kept(finding.title),
      rules: kept(shortList(finding.rules, RULES)),
      since: sinceWhen(finding),
      holders: kept(holdersShown(finding)),
      remedy: kept(remedyText(finding).remedy),
      ...fixOf(finding),
    })),
    resolved: {
      count: resolved.length,
      first: firstOf(resolved, RESOLVED).map(({ title }) => kept(title)),
    },
    ...(lasting && { lasting }),
  };
}

/** With the changes that were proved after the audit. */
export function withFixes(findings: DigestFindings, all: readonly Finding[]): DigestFindings {
  const byId = new Map(all.map((finding) => [finding.id, finding]));
  const first = findings.first.map((one) => ({ ...one, ...fixOf(byId.get(one.id)) }));
  return { ...findings, first };
}

function fixOf(finding: Finding | undefined): Pick<DigestFinding, 'fix'> {
  const fix = finding?.fix;
  if (!fix) return {};
  const commands = shownCommands(fix, { most: 2, longest: 600 });
  return { fix: { says: kept(fix.says), proof: fixProof(fix), commands } };
}

function lastingIn(
  accountId: string,
  takenAt: string,
  standing: readonly Finding[],
): LastingFindings | undefined {
  const lasting = standing
    .filter(
      ({ severity, firstSeen }) =>
        severity === 'critical' && Date.parse(takenAt) - Date.parse(firstSeen) > WEEK,
    )
    .toSorted((a, b) => byText(a.firstSeen, b.firstSeen));
  const [oldest] = lasting;
  return oldest && { count: lasting.length, accountId, title: kept(oldest.title), since: oldest.firstSeen };
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
  ...lastingOfBoth(a, b),
});

function lastingOfBoth(a: DigestFindings, b: DigestFindings): Pick<DigestFindings, 'lasting'> {
  const both = [a.lasting, b.lasting].filter((one) => one !== undefined);
  const [oldest] = both.toSorted((one, other) => byText(one.since, other.since));
  return oldest ? { lasting: { ...oldest, count: both.reduce((sum, { count }) => sum + count, 0) } } : {};
}
