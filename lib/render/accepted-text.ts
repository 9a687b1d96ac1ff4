import type { Finding } from '../findings/finding.ts';
import { count } from '../policy/counted.ts';
import { quoted } from '../policy/quoted.ts';

/** Who accepts a finding, and until when: one sentence; empty if it is not accepted. */
export function acceptedText({ accepted }: Finding): string {
  if (!accepted) return '';
  if (accepted.by === 'administrators') return 'held by declared administrators';
  const { owner = '', until = '', ticket = '', reason = '' } = accepted;
  return `accepted until ${until} by ${quoted(owner)} (${quoted(ticket)}): ${quoted(reason)}`;
}

/** The accepted findings, by kind of acceptance, and the next end of an exception. */
export interface AcceptedCounts {
  readonly exceptions: number;
  readonly administrators: number;
  readonly nextEnd: string | null;
}

export function acceptedCounts(findings: readonly Finding[]): AcceptedCounts {
  const accepted = findings.flatMap((one) => (one.status === 'excepted' ? (one.accepted ?? []) : []));
  const ends = accepted.flatMap(({ until }) => until ?? []).sort();
  return {
    exceptions: ends.length,
    administrators: accepted.filter(({ by }) => by === 'administrators').length,
    nextEnd: ends[0] ?? null,
  };
}

/** `3 accepted, the next until 2027-01-31; 1 held by declared administrators`; empty if there are none. */
export function acceptedCountText({ exceptions, administrators, nextEnd }: AcceptedCounts): string {
  return [
    exceptions === 0 ? '' : `${count(exceptions, 'finding')} accepted, the next until ${nextEnd}`,
    administrators === 0 ? '' : `${count(administrators, 'finding')} held by declared administrators`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}
