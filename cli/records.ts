import { displayWidth } from '../lib/render/display-width.ts';
import { visible } from '../lib/render/escape.ts';
import { renderTable, type TableColumn } from '../lib/render/table.ts';

/** A column of an answer; `whole`: names for copying, which are never broken. */
export interface Field<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly whole?: true;
  readonly align?: 'right';
}

/** Below this width a table of names is unreadable. */
const NARROWEST_TABLE = 100;

/**
 * Rows for a person, at most `width` columns wide. A value that is the same in all rows is printed once, and
 * columns without text are left out. If the table does not fit, each row is a block. Only text of several
 * words is broken into lines, so that every name can be copied.
 */
export function renderRecords<Row>(
  rows: readonly Row[],
  fields: readonly Field<Row>[],
  width: number,
): string {
  if (rows.length === 0) return '';
  const texts = new Map(fields.map((field) => [field, rows.map((row) => visible(field.value(row)))]));
  const textsOf = (field: Field<Row>): readonly string[] => texts.get(field) ?? [];
  const said = fields.filter((field) => textsOf(field).some((text) => text !== ''));
  const same = rows.length < 2 ? [] : said.filter((field) => new Set(textsOf(field)).size === 1);
  // if all rows are identical, all fields are still printed
  const shown = same.length === said.length ? said : said.filter((field) => !same.includes(field));
  const once = shown === said ? [] : same;
  const head = once.length === 0 ? '' : `${pairs(once, (field) => textsOf(field)[0] ?? '', 0, width)}\n`;
  const columns = shown.map((field) => columnOf(field, textsOf(field)));
  const least = columns.reduce((sum, { min = 0 }) => sum + min + 2, -2);
  if (width >= NARROWEST_TABLE && least <= width) return head + renderTable(rows, columns, width);
  const blocks = rows.map((_, i) => block(shown, (field) => textsOf(field)[i] ?? '', width));
  return head + blocks.join('\n');
}

/** Never narrower than its widest name, or, for text, than its widest word. */
function columnOf<Row>(
  { title, value, whole, align }: Field<Row>,
  texts: readonly string[],
): TableColumn<Row> {
  const widest = whole ? texts : texts.flatMap((text) => text.split(' '));
  const min = widest.reduce((most, text) => Math.max(most, displayWidth(text)), displayWidth(title));
  return { title, value, min, ...(align && { align }) };
}

/** One row: its first field as the title, the others below it. */
function block<Row>(
  [first, ...others]: readonly Field<Row>[],
  textOf: (field: Field<Row>) => string,
  width: number,
): string {
  if (first === undefined) return '';
  const title = textOf(first) || first.title;
  const lines = first.whole ? [title] : wordLines(title, width);
  return `${lines.join('\n')}\n${pairs(others, textOf, 2, width)}`;
}

/** `title  text`, one below the other; fields without text are left out. */
function pairs<Row>(
  fields: readonly Field<Row>[],
  textOf: (field: Field<Row>) => string,
  margin: number,
  width: number,
): string {
  const size = Math.max(0, ...fields.map(({ title }) => title.length)) + 2;
  return fields
    .filter((field) => textOf(field) !== '')
    .map((field) => {
      const lines = wordLines(textOf(field), width - margin - size);
      const left = ' '.repeat(margin) + field.title.padEnd(size);
      return `${left}${lines.join(`\n${' '.repeat(margin + size)}`)}\n`;
    })
    .join('');
}

/** Text in lines of at most `width`; a wider word has its own line and stays whole. */
export function wordLines(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
