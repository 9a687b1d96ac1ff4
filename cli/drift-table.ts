import type { CellState, Drift } from '../lib/drift/drift.ts';
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

/** Drift as a table of at most `width` columns. */
export function driftTable(drift: readonly Drift[], width: number): string {
  const columns: readonly Column<Drift>[] = [
    { title: 'change', value: ({ change }) => change, min: 7 },
    { title: 'principal', value: ({ principal }) => shortPrincipal(principal), min: 14 },
    { title: 'instance', value: ({ instance }) => instance, min: 12 },
    { title: 'path', value: ({ path }) => path, min: 12 },
    { title: 'before', value: ({ before }) => stateText(before), min: 11 },
    { title: 'after', value: ({ after }) => stateText(after), min: 11 },
    { title: 'cause', value: ({ cause }) => causeText(cause), min: 14 },
  ];
  return renderTable(drift, columns, width);
}

const causeText = ({ kind, detail, eventName, actor }: Drift['cause']): string =>
  [`${kind}: ${detail}`, eventName ?? '', actor === undefined ? '' : `by ${actor}`]
    .filter((part) => part !== '')
    .join(', ');
