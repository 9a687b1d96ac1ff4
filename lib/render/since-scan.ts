import { bySeverity } from '../findings/severities.ts';
import { type Change, cellCounts, changesOf } from './changes.ts';
import type { Report } from './report.ts';

/** A change with when it was told, where a check of events did so before this audit. */
export interface TimedChange extends Change {
  /** ISO 8601; null: this audit found it */
  readonly toldAt: string | null;
}

/** What changed since the scan before, the checks of events in between included. */
export interface SinceScan {
  /** what it is compared with: the scan before, else the audit before; null: there is none. ISO 8601 */
  readonly at: string | null;
  readonly isScan: boolean;
  /** the worst first, of this audit and of each check by itself */
  readonly changes: readonly TimedChange[];
  readonly cells: ReturnType<typeof cellCounts>;
}

/** A scan that follows checks would else say that nothing changed on the very day when something did. */
export function sinceScan({ drift, previousAt, timeline = [] }: Report, own: readonly Change[]): SinceScan {
  const last = timeline.findIndex(({ isScan }) => isScan);
  const checks = timeline.slice(0, last < 0 ? timeline.length : last);
  return {
    at: timeline[last]?.at ?? previousAt,
    isScan: last >= 0,
    changes: [
      ...own.map((change) => ({ ...change, toldAt: null })),
      ...checks.flatMap(({ at, drift: told }) =>
        changesOf(told).map((change) => ({ ...change, toldAt: at })),
      ),
    ].sort((a, b) => bySeverity(a.severity, b.severity)),
    cells: cellCounts([drift, ...checks.map((check) => check.drift)].flat()),
  };
}
