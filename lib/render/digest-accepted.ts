import { count } from '../policy/counted.ts';
import { acceptedCountText } from './accepted-text.ts';
import { SOON } from './digest-accepted-data.ts';
import type { Audited } from './digest-audited.ts';
import type { DigestList, Field } from './digest-model.ts';

/**
 * Exceptions that end soon; the others, and what declared administrators hold, are counted. Null: there are
 * none.
 */
export function acceptedList({ accepted }: Audited, field: Field): DigestList | null {
  if (accepted.count === 0) return null;
  const { ending } = accepted;
  const left = ending.count - ending.first.length;
  return {
    heading: 'Accepted',
    note: `${left > 0 ? `${count(left, 'more', 'more')} end within ${SOON} days. ` : ''}${acceptedCountText(accepted)}.`,
    rows: ending.first.map(({ severity, days, title, text }) => ({
      severity,
      head: field(`ends ${inDays(days)}: ${title}`),
      lines: [field(text)],
    })),
  };
}

function inDays(days: number): string {
  if (days <= 0) return 'today';
  return days === 1 ? 'tomorrow' : `in ${days} days`;
}
