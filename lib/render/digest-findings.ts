import type { Finding } from '../findings/finding.ts';
import { bySeverity, SEVERITIES } from './changes.ts';
import type { Audited } from './digest-audited.ts';
import type { LinkTo } from './digest-changes.ts';
import type { DigestList, Field } from './digest-model.ts';
import { holdersText, remedyText } from './finding-text.ts';
import { count, shortTime, thousands } from './names.ts';
import { addressOf } from './page/address.ts';
import { isNews, severityText } from './summary.ts';

const ROWS = 8;
const NAMED = 3;
const RESOLVED = 3;

/**
 * The findings that are news since the last digest. What stood before is counted, not listed again: the page has it, and
 * a list that is the same every day is read by nobody. A first digest lists the worst.
 */
export function findingList(audited: readonly Audited[], field: Field, linkTo: LinkTo): DigestList {
  const news = audited
    .flatMap((one) => one.news.map((finding) => ({ finding, accountId: one.report.accountId })))
    .sort((a, b) => bySeverity(a.finding.severity, b.finding.severity));
  const isFirst = audited.every((one) => one.isFirst);
  return {
    heading: isFirst ? 'Findings, worst first' : 'New findings',
    note: noteOf(audited, news.length),
    rows: [
      ...news.slice(0, ROWS).map(({ finding, accountId }) => ({
        severity: finding.severity,
        head: field(`${audited.length === 1 ? '' : `${accountId}: `}${finding.title}`),
        lines: [
          `${field(finding.rules.join(', '))}, ${sinceWhen(finding)}`,
          ...(finding.holderCount > 1 ? [field(`held by ${holdersText(finding, NAMED)}`)] : []),
          field(remedyText(finding).remedy),
        ],
        url: linkTo(accountId, addressOf.finding(finding.id)),
      })),
      ...resolvedRows(audited, field),
    ],
  };
}

function sinceWhen(finding: Finding): string {
  if (finding.raisedFrom !== undefined) return `was ${finding.raisedFrom} before`;
  return isNews(finding) ? finding.status : `since ${shortTime(finding.firstSeen)}`;
}

function resolvedRows(audited: readonly Audited[], field: Field): DigestList['rows'] {
  const all = audited.flatMap(({ resolved }) => resolved);
  if (all.length === 0) return [];
  const left = all.length - RESOLVED;
  return [
    {
      severity: null,
      head: `${count(all.length, 'finding')} resolved`,
      lines: [
        ...all.slice(0, RESOLVED).map(({ title }) => field(title)),
        ...(left > 0 ? [`and ${thousands(left)} more`] : []),
      ],
    },
  ];
}

function noteOf(audited: readonly Audited[], news: number): string {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const severity of SEVERITIES)
    for (const { summary } of audited) counts[severity] += summary.severities[severity];
  const standing = SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
  if (standing === 0) {
    return audited.some(({ summary }) => summary.state === 'blind')
      ? 'Not audited: of findings nothing can be said.'
      : 'No standing findings.';
  }
  const left = news - ROWS;
  const more = left > 0 ? `${thousands(left)} more of these are in the report. ` : '';
  const old = news === 0 ? 'None is new. ' : '';
  return `${more}${old}In all ${count(standing, 'finding')} ${standing === 1 ? 'stands' : 'stand'}: ${severityText(counts)}.`;
}
