import { type Change, type ChangeRow, changeSentence } from '../changes.ts';
import { shortTime } from '../names.ts';
import { stateText } from '../state-text.ts';
import type { ChangeData, PageChange, PageChangeRow } from './page-data.ts';

/** Groups of cells that are listed of one cause; `drift.json` holds them all. */
const MOST_ROWS = 200;
/** Names of one group, before they are only counted. */
const MOST_NAMES = 50;

/** Drift by cause, as `changesOf` ranks it. */
export function changeData(changes: readonly Change[], paths: readonly string[]): ChangeData {
  return { changes: changes.map((change) => pageChange(change, paths)) };
}

function pageChange(change: Change, paths: readonly string[]): PageChange {
  const { id, severity, cause, counts, rows } = change;
  const { gained, lost, changed, principals, instances } = counts;
  return {
    id,
    severity,
    sentence: changeSentence(change),
    kind: cause.kind,
    detail: cause.detail,
    hand: handOf(cause),
    undo: cause.undo ?? [],
    counts: { gained, lost, changed, principals, instances },
    rows: rows.slice(0, MOST_ROWS).map((row) => pageRow(row, paths)),
    left: Math.max(0, rows.length - MOST_ROWS),
  };
}

function handOf({ actor, sourceIp, time, eventName, eventId }: Change['cause']): PageChange['hand'] {
  return [
    ['By', actor],
    ['From', sourceIp],
    ['When', time === undefined ? undefined : shortTime(time)],
    ['Event', eventName],
    ['Event id', eventId],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined);
}

const pageRow = (row: ChangeRow, paths: readonly string[]): PageChangeRow => ({
  change: row.change,
  severity: row.severity,
  principals: row.principals.slice(0, MOST_NAMES),
  principalCount: row.principalCount,
  instances: row.instances.slice(0, MOST_NAMES),
  instanceCount: row.instanceCount,
  paths: row.paths.map((path) => paths.indexOf(path)),
  before: stateText(row.before),
  after: stateText(row.after),
});
