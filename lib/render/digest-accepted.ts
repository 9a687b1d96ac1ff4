import type { Finding } from '../findings/finding.ts';
import { worstFirst } from '../findings/order.ts';
import { acceptedCounts, acceptedCountText, acceptedText } from './accepted-text.ts';
import type { Audited } from './digest-audited.ts';
import type { DigestList, Field } from './digest-model.ts';
import { count } from './names.ts';

const ROWS = 8;

/** Days before the end of an exception from which on a digest tells of it. */
const SOON = 14;

const DAY = 24 * 60 * 60_000;

/** Exceptions that end soon; the others, and what declared administrators hold, are counted. Null: there are none. */
export function acceptedList(audited: readonly Audited[], field: Field): DigestList | null {
  const all = audited
    .flatMap(({ report }) => report.accepted.map((finding) => ({ finding, takenAt: report.takenAt })))
    .sort((a, b) => worstFirst(a.finding, b.finding));
  if (all.length === 0) return null;
  const ending = all.filter(({ finding, takenAt }) => daysLeft(finding, takenAt) <= SOON);
  const left = ending.length - ROWS;
  return {
    heading: 'Accepted',
    note: `${left > 0 ? `${count(left, 'more', 'more')} end within ${SOON} days. ` : ''}${acceptedCountText(acceptedCounts(all.map(({ finding }) => finding)))}.`,
    rows: ending.slice(0, ROWS).map(({ finding, takenAt }) => ({
      severity: finding.severity,
      head: field(`ends ${inDays(daysLeft(finding, takenAt))}: ${finding.title}`),
      lines: [field(acceptedText(finding))],
    })),
  };
}

/** Infinite where it is no exception: administrators are declared without an end. */
function daysLeft({ accepted }: Finding, takenAt: string): number {
  if (accepted?.until === undefined) return Number.POSITIVE_INFINITY;
  return Math.round((Date.parse(accepted.until) - Date.parse(takenAt.slice(0, 10))) / DAY);
}

function inDays(days: number): string {
  if (days <= 0) return 'today';
  return days === 1 ? 'tomorrow' : `in ${days} days`;
}
