import { displayWidth, truncateToWidth, wrapToWidth } from './display-width.ts';
import { visible } from './escape.ts';

/** One column of a terminal table. */
export interface TableColumn<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** `wrap` (the default) keeps the whole text on several lines; `cut` keeps one line and ends it with an ellipsis */
  readonly overflow?: 'wrap' | 'cut';
  /** the minimum width, default 6; the widest word is not a limit */
  readonly min?: number;
}

const GAP = '  ';
const RULE = '─';

/**
 * Rows as a plain text table of at most `width` terminal columns: titles, a rule, one record per row. Widths
 * are those of a terminal (wide characters count two), and hidden characters are escaped, so no value can
 * move the cursor. Without rows only the titles are printed. Ends with a line break.
 */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  width: number,
): string {
  const texts = rows.map((row) => columns.map((column) => visible(column.value(row))));
  const widths = fitWidths(columns, texts, width);
  const lines = [
    recordLine(
      columns.map((column) => [column.title]),
      columns,
      widths,
      0,
    ),
    widths.map((size) => RULE.repeat(size)).join(GAP),
  ];
  for (const row of texts) lines.push(...recordLines(row, columns, widths));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function fitWidths<Row>(
  columns: readonly TableColumn<Row>[],
  texts: readonly (readonly string[])[],
  width: number,
): number[] {
  const widths = columns.map((column, index) => {
    let widest = displayWidth(column.title);
    for (const row of texts) widest = Math.max(widest, displayWidth(row[index] ?? ''));
    return widest;
  });
  const room = width - GAP.length * (columns.length - 1);
  const floors = columns.map((column, index) => Math.min(widths[index] ?? 0, column.min ?? 6));
  let excess = widths.reduce((sum, size) => sum + size, 0) - room;
  // the widest column shrinks first, so that short columns stay complete
  while (excess > 0) {
    const widest = widestShrinkable(widths, floors);
    if (widest === null) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function widestShrinkable(widths: readonly number[], floors: readonly number[]): number | null {
  let best: number | null = null;
  for (const [index, size] of widths.entries()) {
    if (size <= (floors[index] ?? 0)) continue;
    if (best === null || size > (widths[best] ?? 0)) best = index;
  }
  return best;
}

function recordLines<Row>(
  texts: readonly string[],
  columns: readonly TableColumn<Row>[],
  widths: readonly number[],
): string[] {
  const cells = texts.map((text, index) => {
    const size = widths[index] ?? 0;
    return columns[index]?.overflow === 'cut' ? [truncateToWidth(text, size)] : wrapToWidth(text, size);
  });
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) => recordLine(cells, columns, widths, line));
}

function recordLine<Row>(
  cells: readonly (readonly string[])[],
  columns: readonly TableColumn<Row>[],
  widths: readonly number[],
  line: number,
): string {
  return cells
    .map((cell, index) => {
      const text = cell[line] ?? '';
      const blank = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(text)));
      return columns[index]?.align === 'right' ? blank + text : text + blank;
    })
    .join(GAP);
}
