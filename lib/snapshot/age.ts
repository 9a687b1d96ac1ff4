import type { CoverageEntry, Snapshot } from './snapshot.ts';

type Dated = Pick<Snapshot, 'takenAt'>;

/** When a call was made last. ISO 8601, UTC. */
export const askedAt = (snapshot: Dated, entry: CoverageEntry): string => entry.askedAt ?? snapshot.takenAt;

/** When the answer that the snapshot holds was asked for; null where it holds none. */
export function readAt(snapshot: Dated, entry: CoverageEntry): string | null {
  if (entry.readAt !== undefined) return entry.readAt;
  return entry.status === 'collected' ? askedAt(snapshot, entry) : null;
}

/** Is it about a call? A region that a scan leaves out on purpose has a line, too. */
export const isAsked = ({ reason }: CoverageEntry): boolean => reason !== 'not-asked';

/** A call that was to give data and gave none. */
export const isGap = (entry: CoverageEntry): boolean => entry.status !== 'collected' && isAsked(entry);

/** Is there an answer of this call to judge by: of the last time, or one that still stands? */
export const isAnswered = (entry: CoverageEntry): boolean =>
  entry.status === 'collected' || typeof entry.readAt === 'string';
