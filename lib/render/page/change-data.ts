import { type Cause, isUnexplained } from '../../drift/drift.ts';
import { changeText } from '../change-words.ts';
import { type CauseChange, type ChangeRow, changesOf } from '../changes.ts';
import { shortTime } from '../names.ts';
import type { Report } from '../report.ts';
import { stateText } from '../state-text.ts';
import { changedCells } from './changed-cells.ts';
import type { ChangeData, PageChange, PageChangeRow } from './page-data.ts';

/** Listed groups of cells per cause; `drift.json` has them all. */
const MOST_ROWS = 200;
/** Names per group; the rest is only counted. */
const MOST_NAMES = 50;

/** Listed causes of an earlier run, and groups of each. */
const EARLIER_CAUSES = 20;
const EARLIER_ROWS = 20;

/** Drift by cause, in the order of `changesOf`, and the drift of earlier runs. */
export function changeData(changes: readonly CauseChange[], report: Report): ChangeData {
  const { paths, instances } = report.matrix;
  const names = new Map(instances.map(({ id, name }) => [id, name || null]));
  const known = { paths, names };
  return {
    changes: changes.map((change) => pageChange(change, known, MOST_ROWS)),
    earlier: (report.timeline ?? []).map(({ at, isScan, drift }) => {
      const all = changesOf(drift);
      return {
        ...{ at, isScan },
        changes: all.slice(0, EARLIER_CAUSES).map((change) => pageChange(change, known, EARLIER_ROWS)),
        left: Math.max(0, all.length - EARLIER_CAUSES),
      };
    }),
    changed: changedCells(report),
  };
}

interface Known {
  readonly paths: readonly string[];
  /** of instances */
  readonly names: ReadonlyMap<string, string | null>;
}

function pageChange(change: CauseChange, known: Known, most: number): PageChange {
  const { id, severity, cause, counts, rows } = change;
  const { gained, lost, changed, principals, instances } = counts;
  return {
    id,
    severity,
    sentence: changeText(change),
    kind: cause.kind,
    detail: cause.detail,
    hand: handOf(cause),
    undo: cause.undo ?? [],
    counts: { gained, lost, changed, principals, instances },
    rows: rows.slice(0, most).map((row) => pageRow(row, known)),
    left: Math.max(0, rows.length - most),
  };
}

function handOf(cause: Cause): PageChange['hand'] {
  const { sourceIp, time, eventName, eventId } = cause;
  return [
    ['By', cause.actor ?? (isUnexplained(cause) ? 'unknown' : undefined)],
    ['From', sourceIp],
    ['When', time === undefined ? undefined : shortTime(time)],
    ['Event', eventName],
    ['Event id', eventId],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined);
}

const pageRow = (row: ChangeRow, { paths, names }: Known): PageChangeRow => ({
  change: row.change,
  severity: row.severity,
  principals: row.principals.slice(0, MOST_NAMES),
  principalCount: row.principalCount,
  instances: row.instances.slice(0, MOST_NAMES).map((id) => [id, names.get(id) ?? null]),
  instanceCount: row.instanceCount,
  paths: row.paths.map((path) => paths.indexOf(path)),
  before: stateText(row.before),
  after: stateText(row.after),
});
