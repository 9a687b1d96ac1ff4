import type { CoverageEntry, Snapshot } from './snapshot.ts';

type Dated = Pick<Snapshot, 'takenAt'>;

/** When a call was made last. ISO 8601, UTC. */
export const askedAt = (snapshot: Dated, entry: CoverageEntry): string => entry.askedAt ?? snapshot.takenAt;

/** When the answer in the snapshot was requested; null if it has none. */
export function readAt(snapshot: Dated, entry: CoverageEntry): string | null {
  if (entry.readAt !== undefined) return entry.readAt;
  return entry.status === 'collected' ? askedAt(snapshot, entry) : null;
}

/** True for an entry about a call. A region that a scan leaves out on purpose has an entry as well. */
export const isAsked = ({ reason }: CoverageEntry): boolean => reason !== 'not-asked';

/** A call that should have returned data and did not. */
export const isGap = (entry: CoverageEntry): boolean => entry.status !== 'collected' && isAsked(entry);

/** True if there is an answer of this call: the last one, or an earlier one that is still used. */
export const isAnswered = (entry: CoverageEntry): boolean =>
  entry.status === 'collected' || typeof entry.readAt === 'string';
