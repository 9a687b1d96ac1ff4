import { jsonIn } from '../../snapshot/json-in.ts';

/** The rows of a table, in order. */
export interface TableRows {
  readonly length: number;
  /** undefined if it is not JSON */
  readonly at: (row: number) => unknown;
  /** the numbers of the rows whose first member is one of these, given as JSON */
  readonly startingWith: (members: ReadonlySet<string>) => readonly number[];
  /** the fourth member of a row */
  readonly fourthOf: (row: number) => unknown;
}

/** The tables of a stored matrix, and its other members. */
export interface Tables {
  readonly head: Readonly<Record<string, unknown>>;
  readonly rowsOf: (table: string) => TableRows | null;
}

/** The tables of a file that was parsed as a whole. */
export function parsedTables(file: Readonly<Record<string, unknown>>): Tables {
  return {
    head: file,
    rowsOf: (table) => {
      const rows: unknown = file[table];
      return Array.isArray(rows) ? parsedRows(rows) : null;
    },
  };
}

const parsedRows = (rows: readonly unknown[]): TableRows => ({
  length: rows.length,
  at: (row) => rows[row],
  startingWith: (members) =>
    rowsWhere(rows.length, (row) => {
      const value = rows[row];
      return Array.isArray(value) && members.has(JSON.stringify(value[0]));
    }),
  fourthOf: (row) => fourthIn(rows[row]),
});

/** The numbers of the rows for which `holds` is true, ascending; there may be a hundred thousand. */
export function rowsWhere(count: number, holds: (row: number) => boolean): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (holds(row)) rows.push(row);
  return rows;
}

const fourthIn = (row: unknown): unknown => (Array.isArray(row) ? row[3] : undefined);

/**
 * The tables of a text with one row per line, as `writeMatrix` writes it: rows are parsed on demand. Null:
 * the text has another form, or was cut off.
 */
export function linedTables(text: string): Tables | null {
  let at = text.indexOf('\n') + 1;
  if (text[at - 2] !== ',' || !text.endsWith(']}\n')) return null;
  const head = objectIn(`${text.slice(0, at - 2)}}`);
  if (head === null) return null;
  const tables = new Map<string, TableRows>();
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    const [, name, isEmpty] = /^"(\w+)":\[(\][,}])?$/.exec(text.slice(at, end)) ?? [];
    const close = isEmpty === undefined ? text.indexOf('\n]', at) + 1 : end;
    if (name === undefined || close === 0) return null;
    tables.set(name, linedRows(text, end + 1, close));
    at = text.indexOf('\n', close) + 1;
  }
  return { head, rowsOf: (table) => tables.get(table) ?? null };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  const value = jsonIn(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

/** The lines from one place in the text to another; all but the last end with a comma. */
function linedRows(text: string, from: number, to: number): TableRows {
  const starts: number[] = [];
  for (let at = from; at < to; at = text.indexOf('\n', at) + 1) starts.push(at);
  const endOf = (row: number): number => {
    const next = starts[row + 1];
    return next === undefined ? to - 1 : next - 2;
  };
  const at = (row: number): unknown => jsonIn(text.slice(starts[row], endOf(row)));
  return {
    length: starts.length,
    at,
    startingWith: (members) =>
      rowsWhere(starts.length, (row) => {
        const start = (starts[row] as number) + 1;
        return members.has(text.slice(start, text.indexOf(',', start)));
      }),
    // fast path: a row of four mostly ends with a small number
    fourthOf: (row) => numberBefore(text, endOf(row) - 1) ?? fourthIn(at(row)),
  };
}

/** The whole number between a comma and this position in the text; null: there is something else. */
function numberBefore(text: string, end: number): number | null {
  let number = 0;
  let at = end - 1;
  for (let unit = 1; end - at < 10; unit *= 10, at--) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    number += unit * digit;
  }
  return at < end - 1 && text[at] === ',' ? number : null;
}
