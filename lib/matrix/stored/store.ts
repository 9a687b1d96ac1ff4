import type { Matrix } from '../paths/matrix.ts';
import { matrixIn, type WantedCells } from './matrix-reader.ts';
import { fail, TableReader } from './table-reader.ts';
import { linedTables, parsedTables, type Tables } from './tables.ts';
import { tablesOf } from './write-tables.ts';

/** Marks the file, so that another kind of file is refused. */
const KIND = 'latchkey-matrix';
const VERSION = 1;

/**
 * A matrix as text: JSON, one row of a table per line. Instances are written with their class, and values
 * that many cells share once, so the size depends on the classes and not on the cells. Equal matrices give
 * equal text.
 */
export function writeMatrix(matrix: Matrix): string {
  const { accountId, takenAt, paths } = matrix;
  const tables = tablesOf(matrix);
  const rows = Object.fromEntries(tables.map((table) => [table.name, table.rows.length]));
  const head = JSON.stringify({ kind: KIND, schemaVersion: VERSION, accountId, takenAt, paths, rows });
  const texts = tables.map((table) => {
    const lines = table.rows.length === 0 ? '' : `\n${table.rows.join(',\n')}\n`;
    return `,\n"${table.name}":[${lines}]`;
  });
  return `${head.slice(0, -1)}${texts.join('')}}\n`;
}

/**
 * A matrix that `writeMatrix` wrote, or the part of it that a filter needs; its groups list their instances
 * on demand. Throws an Error that names the first invalid place: the file was changed by hand, or written by
 * another version.
 */
export function readMatrix(text: string, asked: WantedCells = {}): Matrix {
  const isPart =
    typeof asked === 'function' ||
    asked.instance !== undefined ||
    asked.principal !== undefined ||
    asked.path !== undefined;
  // parsing all rows at once is faster
  const tables = (isPart ? linedTables(text) : null) ?? parsedTables(objectIn(text));
  return matrixIn(new TableReader(whole(ofVersion(tables))), asked);
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON: scan the account again');
  }
  return (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
}

function ofVersion(tables: Tables): Tables {
  const { kind, schemaVersion } = tables.head;
  if (kind === KIND && schemaVersion === VERSION) return tables;
  throw new Error(`this is not a matrix of version ${VERSION}: scan the account again`);
}

/**
 * Throws if a table has another number of rows than the file says: rows refer to each other by number, so a
 * missing one would shift them. Older files have no counts.
 */
function whole(tables: Tables): Tables {
  const counts = Object.entries(tables.head.rows ?? {});
  for (const [name, count] of counts) if (tables.rowsOf(name)?.length !== count) fail(name);
  return tables;
}
