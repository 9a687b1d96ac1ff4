import type { Finding } from '../findings/finding.ts';
import { worstFirst } from '../findings/order.ts';
import { type AcceptedCounts, acceptedCounts, acceptedText } from './accepted-text.ts';
import { firstOf, joined, kept, type Most } from './digest-data.ts';
import type { Report } from './report.ts';

const ACCEPTED_ROWS = 8;

/** A digest mentions an exception from this many days before its end on. */
export const SOON = 14;

const DAY = 24 * 60 * 60_000;

/** An exception that ends soon. */
export interface Ending
  extends Pick<
    Finding,
    'id' | 'rule' | 'severity' | 'peopleCount' | 'productionCount' | 'instanceCount' | 'title'
  > {
  readonly days: number;
  /** who accepts it, and until when */
  readonly text: string;
}

export interface DigestAccepted extends AcceptedCounts {
  readonly count: number;
  readonly ending: Most<Ending>;
}

export const NOTHING_ACCEPTED: DigestAccepted = {
  ...{ count: 0, exceptions: 0, administrators: 0, nextEnd: null },
  ending: { count: 0, first: [] },
};

/** The accepted findings of a report, and those that end soon, worst first. */
export function digestAccepted({ findings, takenAt }: Pick<Report, 'findings' | 'takenAt'>): DigestAccepted {
  const all = findings.filter(({ status }) => status === 'excepted');
  const ending = all.filter((finding) => daysLeft(finding, takenAt) <= SOON);
  return {
    ...acceptedCounts(all),
    count: all.length,
    ending: {
      count: ending.length,
      first: firstOf(ending, ACCEPTED_ROWS, worstFirst).map((finding) => {
        const { id, rule, severity, peopleCount, productionCount, instanceCount, title } = finding;
        return {
          ...{ id, rule, severity, peopleCount, productionCount, instanceCount },
          ...{ title: kept(title), days: daysLeft(finding, takenAt), text: kept(acceptedText(finding)) },
        };
      }),
    },
  };
}

/** Infinite for administrators, who are declared without an end. */
function daysLeft({ accepted }: Finding, takenAt: string): number {
  if (accepted?.until === undefined) return Number.POSITIVE_INFINITY;
  return Math.round((Date.parse(accepted.until) - Date.parse(takenAt.slice(0, 10))) / DAY);
}

export function joinedAccepted(a: DigestAccepted, b: DigestAccepted): DigestAccepted {
  const ends = [a.nextEnd, b.nextEnd].filter((end) => end !== null).sort();
  return {
    count: a.count + b.count,
    exceptions: a.exceptions + b.exceptions,
    administrators: a.administrators + b.administrators,
    nextEnd: ends[0] ?? null,
    ending: joined(a.ending, b.ending, ACCEPTED_ROWS, worstFirst),
  };
}
