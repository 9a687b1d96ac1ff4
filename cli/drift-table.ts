import type { CellState, Drift, DriftGroup } from '../lib/drift/drift.ts';
import { shortPrincipal } from '../lib/render/names.ts';
import { type Column, renderTable } from '../lib/render/table.ts';

const stateText = ({ verdict, condition, landsAs }: CellState): string =>
  [
    verdict === 'denied' ? 'none' : verdict,
    condition?.text ?? '',
    landsAs.length === 0 ? '' : `as ${landsAs.join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join(' ');

/** Cells that changed alike, with why. */
type Row = DriftGroup & Pick<Drift, 'cause'>;

/** Rows that a person would still read; `diff --json` has them all. */
const MOST_ROWS = 500;

/** Drift as a table of at most `width` columns, one row for cells that changed alike. */
export function driftTable(drift: readonly Drift[], width: number): string {
  const rows = drift.flatMap(({ cause, groups }) => groups.map((group): Row => ({ ...group, cause })));
  const columns: readonly Column<Row>[] = [
    { title: 'change', value: ({ change }) => change, min: 7 },
    {
      title: 'principals',
      value: ({ principals, principalCount }) => namesText(principals.map(shortPrincipal), principalCount),
      min: 14,
    },
    {
      title: 'instances',
      value: ({ instances, instanceCount }) => namesText(instances, instanceCount),
      min: 12,
    },
    { title: 'paths', value: ({ paths }) => paths.join(', '), min: 12 },
    { title: 'before', value: ({ before }) => stateText(before), min: 11 },
    { title: 'after', value: ({ after }) => stateText(after), min: 11 },
    { title: 'cause', value: ({ cause }) => causeText(cause), min: 14 },
  ];
  const table = renderTable(rows.slice(0, MOST_ROWS), columns, width);
  const left = rows.length - MOST_ROWS;
  return left > 0 ? `${table}and ${left} more groups of cells: take all with \`--json\`\n` : table;
}

const NAMED = 3;

function namesText(names: readonly string[], count: number): string {
  const shown = names.slice(0, NAMED);
  const left = count - shown.length;
  return `${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

const causeText = ({ kind, detail, eventName, actor }: Drift['cause']): string =>
  [`${kind}: ${detail}`, eventName ?? '', actor === undefined ? '' : `by ${actor}`]
    .filter((part) => part !== '')
    .join(', ');
