import type { Condition } from '../../evaluator/decision.ts';
import type { Grant, Opens, PathId, Verdict } from '../cell.ts';
import type { CellGroup, Matrix, MatrixInstance, MatrixPrincipal, Outcome } from '../matrix.ts';
import { placesIn } from '../rows/bits.ts';
import { InstanceClasses, InstanceSet } from '../rows/instance-sets.ts';
import { RowGroup } from '../rows/row-groups.ts';
import { loadSet } from './number-set.ts';
import { OUTCOME_FIELDS, type OutcomeField } from './outcome-fields.ts';

type Row = readonly unknown[];

/** A table whose rows groups name by number. */
interface Shared<T> {
  readonly size: number;
  readonly at: (number: number) => T;
}

const KINDS = new Set<unknown>(['user', 'role', 'outside-account'] satisfies MatrixPrincipal['kind'][]);
const VERDICTS = new Set<unknown>(['allowed', 'conditional', 'unknown', 'denied'] satisfies Verdict[]);

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

function isCondition(value: unknown): value is Condition | null {
  if (value === null) return true;
  const { anyOf, text } = value as Partial<Condition>;
  return isText(text) && Array.isArray(anyOf) && anyOf.every(({ allOf }) => Array.isArray(allOf));
}

/** What a member of an outcome must be, where it is written as it is. */
const IS_FIELD: Readonly<Partial<Record<OutcomeField, (value: unknown) => boolean>>> = {
  verdict: (value) => VERDICTS.has(value),
  condition: isCondition,
  alternative: isText,
  landsAs: isTexts,
  via: isTexts,
  uncertain: isTexts,
  missing: isText,
};

/** Reads the tables of a stored matrix; every mistake names its table and row. */
export class MatrixReader {
  readonly #file: Readonly<Record<string, unknown>>;
  readonly #values: Row;
  /** members of outcomes that were read, by their number */
  readonly #fields: readonly unknown[][] = OUTCOME_FIELDS.map(() => []);

  constructor(file: Readonly<Record<string, unknown>>) {
    this.#file = file;
    this.#values = this.#table('values');
  }

  /** `only`: without the groups of other paths. */
  matrix(only?: PathId): Matrix {
    const { accountId, takenAt } = this.#file;
    if (!isText(accountId)) return fail('accountId');
    if (!isText(takenAt)) return fail('takenAt');
    const paths = this.#table('paths').map((path, i) => (isText(path) ? (path as PathId) : fail('paths', i)));
    const principals = this.#rows('principals', 2, ([arn, kind]) =>
      isText(arn) && KINDS.has(kind) ? { arn, kind: kind as MatrixPrincipal['kind'] } : null,
    );
    const { instances, classes } = this.#instances();
    return {
      schemaVersion: 1,
      accountId,
      takenAt,
      paths,
      principals,
      instances,
      groups: this.#groups(paths, principals.length, classes, only),
    };
  }

  #instances(): { readonly instances: readonly MatrixInstance[]; readonly classes: InstanceClasses } {
    const places = this.#rows('places', 2, ([region, prefix]) =>
      isText(region) && isText(prefix) ? { region, prefix } : null,
    );
    const numbers: number[] = [];
    let width = 0;
    const instances = this.#rows('instances', 4, ([id, name, at, number, arn = null]) => {
      const place = isIndex(at, places.length) ? places[at] : undefined;
      if (!place || !isText(id) || !isTextOrNull(name) || !isTextOrNull(arn)) return null;
      // classes are numbered in the order of their first instance
      if (!isIndex(number, width + 1)) return null;
      if (number === width) width += 1;
      numbers.push(number);
      return { id, arn: arn ?? place.prefix + id, region: place.region, name };
    });
    return { instances, classes: new InstanceClasses(Uint32Array.from(numbers), width) };
  }

  /** What groups share is read when the first of them asks for it. */
  #groups(
    paths: readonly PathId[],
    principals: number,
    classes: InstanceClasses,
    only: PathId | undefined,
  ): readonly CellGroup[] {
    const outcomes = this.#shared('outcomes', (row) =>
      Array.isArray(row) && row.length >= OUTCOME_FIELDS.length ? this.#outcome(row) : null,
    );
    const holders = this.#shared('holders', (value) => {
      const bits = loadSet(value, principals);
      return bits && placesIn(bits);
    });
    const sets = this.#shared('sets', (value, i) => {
      const bits = loadSet(value, classes.members.length);
      return bits && new InstanceSet(i, bits, classes);
    });
    const groups = this.#rows<RowGroup | 'other path'>('groups', 4, ([path, holder, set, outcome]) => {
      if (!isIndex(path, paths.length)) return null;
      const id = paths[path] as PathId;
      if (only !== undefined && only !== id) return 'other path';
      if (!isIndex(holder, holders.size) || !isIndex(set, sets.size) || !isIndex(outcome, outcomes.size))
        return null;
      return new RowGroup(id, outcomes.at(outcome), sets.at(set), holders.at(holder));
    });
    return groups.filter((group) => group !== 'other path');
  }

  /** Rows of a table by their numbers, each read once. */
  #shared<T extends object>(name: string, of: (row: unknown, number: number) => T | null): Shared<T> {
    const table = this.#table(name);
    const known: T[] = [];
    return {
      size: table.length,
      at: (number) => {
        known[number] ??= of(table[number], number) ?? fail(name, number);
        return known[number];
      },
    };
  }

  #outcome(row: Row): Outcome | null {
    const outcome: Record<string, unknown> = {};
    for (let i = 0; i < OUTCOME_FIELDS.length; i++) {
      const field = OUTCOME_FIELDS[i] as OutcomeField;
      const number = row[i];
      if (number === -1 && (field === 'opens' || field === 'missing')) continue;
      if (!isIndex(number, this.#values.length)) return null;
      outcome[field] = this.#field(i, number);
    }
    return outcome as unknown as Outcome;
  }

  /** Read and judged once, however many outcomes share it. */
  #field(field: number, number: number): unknown {
    const known = this.#fields[field] as unknown[];
    known[number] ??= this.#judged(OUTCOME_FIELDS[field] as OutcomeField, number);
    return known[number];
  }

  #judged(field: OutcomeField, number: number): unknown {
    const value = this.#values[number];
    if (field === 'grants') return this.#list(value, number, grantOf);
    if (field === 'opens') return this.#list(value, number, opensOf);
    return IS_FIELD[field]?.(value) ? value : fail('values', number);
  }

  /** A list of numbers of values that are rows themselves. */
  #list<T>(value: unknown, number: number, of: (row: Row) => T | null): readonly T[] {
    if (!Array.isArray(value)) return fail('values', number);
    return value.map((item) => {
      const row = isIndex(item, this.#values.length) ? this.#values[item] : null;
      return (Array.isArray(row) ? of(row) : null) ?? fail('values', number);
    });
  }

  #rows<T>(name: string, least: number, of: (row: Row) => T | null): readonly T[] {
    return this.#table(name).map((row, i) => {
      const read = Array.isArray(row) && row.length >= least ? of(row) : null;
      return read ?? fail(name, i);
    });
  }

  #table(name: string): Row {
    const table = this.#file[name];
    return Array.isArray(table) ? table : fail(name);
  }
}

function grantOf([policy, statement, sid, layer]: Row): Grant | null {
  if (!isText(policy) || typeof statement !== 'number' || !isTextOrNull(sid) || !isText(layer)) return null;
  return { policy, statement, sid, layer: layer as Grant['layer'] };
}

function opensOf([principal, path, key, value]: Row): Opens | null {
  if (!isText(principal) || !isText(path) || !isText(key) || !isTextOrNull(value)) return null;
  return { principal, path: path as PathId, key, value };
}

const isIndex = (value: unknown, size: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < size;

function fail(table: string, row?: number): never {
  const place = row === undefined ? table : `${table}[${row}]`;
  throw new Error(`this is not a matrix of version 1: \`$.${place}\` cannot be read: scan the account again`);
}
