import type { Condition } from '../../evaluator/decision.ts';
import type { Grant, Opens, PathId, Verdict } from '../paths/cell.ts';
import type { Outcome } from '../paths/matrix.ts';
import { OUTCOME_FIELDS, type OutcomeField } from './outcome-fields.ts';
import {
  fail,
  isIndex,
  isText,
  isTextOrNull,
  type Row,
  type Shared,
  type TableReader,
} from './table-reader.ts';
import type { TableRows } from './tables.ts';

const VERDICTS = new Set<unknown>(['allowed', 'conditional', 'unknown', 'denied'] satisfies Verdict[]);

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

function isCondition(value: unknown): value is Condition | null {
  if (value === null) return true;
  const { anyOf, text } = (value ?? {}) as Partial<Condition>;
  return isText(text) && Array.isArray(anyOf) && anyOf.every(isAlternative);
}

function isAlternative(value: unknown): boolean {
  const { allOf } = (value ?? {}) as Partial<Condition['anyOf'][number]>;
  return Array.isArray(allOf) && allOf.every(isTerm);
}

function isTerm(value: unknown): boolean {
  const { key, operator, values } = (value ?? {}) as Partial<Condition['anyOf'][number]['allOf'][number]>;
  return isText(key) && isText(operator) && isTexts(values);
}

/** The check for each member of an outcome that is stored as it is. */
const IS_FIELD: Readonly<Partial<Record<OutcomeField, (value: unknown) => boolean>>> = {
  verdict: (value) => VERDICTS.has(value),
  condition: isCondition,
  alternative: isText,
  landsAs: isTexts,
  via: isTexts,
  uncertain: isTexts,
  missing: isText,
};

/** The outcomes of a stored matrix, by their number. */
export function readOutcomes(tables: TableReader): Shared<Outcome> {
  const values = new ValueReader(tables.table('values'));
  return tables.shared('outcomes', (row) =>
    Array.isArray(row) && row.length >= OUTCOME_FIELDS.length ? values.outcome(row) : null,
  );
}

/** Shared values are read and checked once. */
class ValueReader {
  readonly #values: TableRows;
  /** members of outcomes that were read, by their number */
  readonly #fields: readonly unknown[][] = OUTCOME_FIELDS.map(() => []);

  constructor(values: TableRows) {
    this.#values = values;
  }

  outcome(row: Row): Outcome | null {
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

  #field(field: number, number: number): unknown {
    const known = this.#fields[field] as unknown[];
    known[number] ??= this.#judged(OUTCOME_FIELDS[field] as OutcomeField, number);
    return known[number];
  }

  #judged(field: OutcomeField, number: number): unknown {
    const value = this.#values.at(number);
    if (field === 'grants') return this.#list(value, number, grantOf);
    if (field === 'opens') return this.#list(value, number, opensOf);
    return IS_FIELD[field]?.(value) ? value : fail('values', number);
  }

  /** A list whose values are given by number, as rows of a table. */
  #list<T>(value: unknown, number: number, of: (row: Row) => T | null): readonly T[] {
    if (!Array.isArray(value)) return fail('values', number);
    return value.map((item) => {
      const row = isIndex(item, this.#values.length) ? this.#values.at(item) : null;
      return (Array.isArray(row) ? of(row) : null) ?? fail('values', number);
    });
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
