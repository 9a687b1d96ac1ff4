import { bySeverity } from '../findings/severities.ts';
import { type CauseChange, cellCounts, changesOf } from './changes.ts';
import type { Report } from './report.ts';

/** A change with the time of its report, if a check of events reported it before this audit. */
export interface TimedChange extends CauseChange {
  /** ISO 8601; null: this audit found it */
  readonly reportedAt: string | null;
}

/** The changes since the last scan, checks of events included. */
export interface SinceScan {
  /** the time of the last scan, else of the previous audit; null: there is none. ISO 8601 */
  readonly at: string | null;
  readonly isScan: boolean;
  /** the worst first, for this audit and for each check */
  readonly changes: readonly TimedChange[];
  readonly cells: ReturnType<typeof cellCounts>;
}

/** Without it, a scan that follows checks would say that nothing changed on the day of a change. */
export function sinceScan(
  { drift, previousAt, timeline = [] }: Report,
  own: readonly CauseChange[],
): SinceScan {
  const last = timeline.findIndex(({ isScan }) => isScan);
  const checks = timeline.slice(0, last < 0 ? timeline.length : last);
  return {
    at: timeline[last]?.at ?? previousAt,
    isScan: last >= 0,
    changes: [
      ...own.map((change) => ({ ...change, reportedAt: null })),
      ...checks.flatMap(({ at, drift: reported }) =>
        changesOf(reported).map((change) => ({ ...change, reportedAt: at })),
      ),
    ].sort((a, b) => bySeverity(a.severity, b.severity)),
    cells: cellCounts([drift, ...checks.map((check) => check.drift)].flat()),
  };
}
