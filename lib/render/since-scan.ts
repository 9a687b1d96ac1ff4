import { bySeverity } from '../findings/severities.ts';
import { type CauseChange, type CellCounts, cellCounts, changesOf } from './changes.ts';
import type { Report, TimelineRun } from './report.ts';

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
  readonly cells: CellCounts;
}

/** Without it, a scan that follows checks would say that nothing changed on the day of a change. */
export function sinceScan(report: Report, own: readonly CauseChange[]): SinceScan {
  const { checks, lastScan } = sinceLastScan(report);
  return {
    at: lastScan?.at ?? report.previousAt,
    isScan: lastScan !== null,
    changes: [
      ...own.map((change) => ({ ...change, reportedAt: null })),
      ...checks.flatMap(({ at, drift: reported }) =>
        changesOf(reported).map((change) => ({ ...change, reportedAt: at })),
      ),
    ].sort((a, b) => bySeverity(a.severity, b.severity)),
    cells: cellsSinceScan(report),
  };
}

/** The cells that changed since the last scan, also those that checks of events found. */
export function cellsSinceScan(report: Report): CellCounts {
  const { checks } = sinceLastScan(report);
  return cellCounts([report, ...checks].flatMap(({ drift }) => drift));
}

/** The checks of events after the last scan, and that scan; null: there is none. */
function sinceLastScan({ timeline = [] }: Report): {
  readonly checks: readonly TimelineRun[];
  readonly lastScan: TimelineRun | null;
} {
  const last = timeline.findIndex(({ isScan }) => isScan);
  return { checks: timeline.slice(0, last < 0 ? timeline.length : last), lastScan: timeline[last] ?? null };
}
