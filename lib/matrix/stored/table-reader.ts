import type { TableRows, Tables } from './tables.ts';

export type Row = readonly unknown[];

/** A table whose rows are referred to by number. */
export interface Shared<T> {
  readonly size: number;
  readonly at: (number: number) => T;
}

/** Reads rows of the tables of a stored matrix and checks their form; every error names its table and row. */
export class TableReader {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  get head(): Readonly<Record<string, unknown>> {
    return this.#tables.head;
  }

  table(name: string): TableRows {
    return this.#tables.rowsOf(name) ?? fail(name);
  }

  /** All rows, or those with these numbers, in that order. */
  rows<T>(name: string, least: number, of: (row: Row) => T | null, numbers?: readonly number[]): T[] {
    const table = this.table(name);
    const read = (number: number): T => {
      const row = table.at(number);
      return (Array.isArray(row) && row.length >= least ? of(row) : null) ?? fail(name, number);
    };
    return numbers ? numbers.map(read) : Array.from({ length: table.length }, (_, number) => read(number));
  }

  /** Rows by number, each read once. */
  shared<T extends object | string>(name: string, of: (row: unknown, number: number) => T | null): Shared<T> {
    const table = this.table(name);
    const known: T[] = [];
    return {
      size: table.length,
      at: (number) => {
        known[number] ??= of(table.at(number), number) ?? fail(name, number);
        return known[number];
      },
    };
  }
}

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);

export const isIndex = (value: unknown, size: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < size;

export function fail(table: string, row?: number): never {
  const place = row === undefined ? table : `${table}[${row}]`;
  throw new Error(`this is not a matrix of version 1: \`$.${place}\` cannot be read: scan the account again`);
}
