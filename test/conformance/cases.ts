import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../naive/request.ts';

/** The remaining condition: exactly this form, or one that is true or false in these contexts. */
export interface ExpectedCondition {
  readonly anyOf?: readonly {
    readonly allOf: readonly { key: string; operator: string; values: string[] }[];
  }[];
  readonly holds?: readonly Readonly<Record<string, unknown>>[];
  readonly fails?: readonly Readonly<Record<string, unknown>>[];
}

/** Only the given members are compared. Each code of `uncertain` must be present; `[]` means no code at all. */
export interface Expectation {
  readonly decision?: string;
  readonly blockedBy?: string | null;
  readonly uncertain?: readonly string[];
  readonly condition?: ExpectedCondition;
  readonly statements?: readonly Readonly<Record<string, unknown>>[];
}

/** One case: a simulate line without id, its raw text if JSON cannot express it, or a note on the matrix. */
export interface ConformanceCase {
  readonly id: string;
  readonly level?: 'matrix';
  readonly note?: string;
  readonly case?: Case;
  readonly raw?: string;
  /** False if a policy breaks the grammar, so that the naive evaluator cannot read it. */
  readonly wellFormed?: false;
  readonly expect?: Expectation;
}

export interface Group {
  readonly file: string;
  readonly rule?: number;
  readonly difference?: number;
  readonly seed?: string;
  readonly page: string;
  readonly why: string;
  readonly cases: readonly ConformanceCase[];
}

/** Every group of every JSON file beside this one. */
export function readGroups(): Group[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => {
      const groups = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as Omit<
        Group,
        'file'
      >[];
      return groups.map((group) => ({ ...group, file }));
    });
}

/** The text for the simulate command; null for a note on the matrix. */
export function lineOf(one: ConformanceCase): string | null {
  if (one.raw !== undefined) return `{"id":${JSON.stringify(one.id)},${one.raw.slice(1)}`;
  return one.case ? JSON.stringify({ id: one.id, ...one.case }) : null;
}
