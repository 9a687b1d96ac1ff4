import type { Condition } from '../../evaluator/decision.ts';
import type { Grant, Opens, PathId, Verdict } from '../cell.ts';
import type { CellGroup, Matrix, MatrixInstance, MatrixPrincipal, Outcome } from '../matrix.ts';
import { type Bits, placesIn } from '../rows/bits.ts';
import { InstanceClasses, InstanceSet } from '../rows/instance-sets.ts';
import { RowGroup } from '../rows/row-groups.ts';
import { loadSet } from './number-set.ts';
import { OUTCOME_FIELDS, type OutcomeField } from './outcome-fields.ts';

type Row = readonly unknown[];

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
  readonly #fields = new Map<OutcomeField, Map<number, unknown>>(
    OUTCOME_FIELDS.map((one) => [one, new Map()]),
  );

  constructor(file: Readonly<Record<string, unknown>>) {
    this.#file = file;
    this.#values = this.#table('values');
  }

  matrix(): Matrix {
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
      groups: this.#groups(paths, principals.length, classes),
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

  #groups(paths: readonly PathId[], principals: number, classes: InstanceClasses): readonly CellGroup[] {
    const outcomes = this.#rows('outcomes', OUTCOME_FIELDS.length, (row) => this.#outcome(row));
    const holders = this.#sets('holders', principals).map((bits) => placesIn(bits));
    const sets = this.#sets('sets', classes.members.length).map(
      (bits, i) => new InstanceSet(i, bits, classes),
    );
    return this.#rows('groups', 4, ([path, holder, set, outcome]) =>
      isIndex(path, paths.length) &&
      isIndex(holder, holders.length) &&
      isIndex(set, sets.length) &&
      isIndex(outcome, outcomes.length)
        ? new RowGroup(
            paths[path] as PathId,
            outcomes[outcome] as Outcome,
            sets[set] as InstanceSet,
            holders[holder] as number[],
          )
        : null,
    );
  }

  #sets(name: string, width: number): readonly Bits[] {
    return this.#table(name).map((value, i) => loadSet(value, width) ?? fail(name, i));
  }

  #outcome(row: Row): Outcome | null {
    const outcome: Record<string, unknown> = {};
    for (const [i, field] of OUTCOME_FIELDS.entries()) {
      if (row[i] === -1 && (field === 'opens' || field === 'missing')) continue;
      if (!isIndex(row[i], this.#values.length)) return null;
      outcome[field] = this.#field(field, row[i]);
    }
    return outcome as unknown as Outcome;
  }

  /** Read and judged once, however many outcomes share it. */
  #field(field: OutcomeField, number: number): unknown {
    const known = this.#fields.get(field);
    let value = known?.get(number);
    if (value === undefined) {
      value = this.#judged(field, number);
      known?.set(number, value);
    }
    return value;
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
