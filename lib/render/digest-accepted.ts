import type { Finding } from '../findings/finding.ts';
import { worstFirst } from '../findings/order.ts';
import { acceptedCounts, acceptedCountText, acceptedText } from './accepted-text.ts';
import type { DigestList } from './digest-model.ts';
import { count } from './names.ts';

const ROWS = 8;

/** What exceptions accept, by whom and until when; what declared administrators hold is counted. Null: nothing. */
export function acceptedList(
  audited: readonly { readonly report: { readonly findings: readonly Finding[] } }[],
  field: (text: string) => string,
): DigestList | null {
  const all = audited
    .flatMap(({ report }) => report.findings)
    .filter(({ status }) => status === 'excepted')
    .sort(worstFirst);
  if (all.length === 0) return null;
  const listed = all.filter(({ accepted }) => accepted?.by === 'exception');
  const left = listed.length - ROWS;
  return {
    heading: 'Accepted',
    note: `${acceptedCountText(acceptedCounts(all))}${left > 0 ? `; ${count(left, 'more')} in the report` : ''}.`,
    rows: listed.slice(0, ROWS).map((finding) => ({
      severity: finding.severity,
      head: field(finding.title),
      lines: [field(acceptedText(finding))],
    })),
  };
}
