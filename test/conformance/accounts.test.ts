/**
 * Rules about requests, principals, sessions and trust, with small accounts as data in `accounts/`, for both
 * engines.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainCell } from '../../lib/matrix/answers/explain.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import type { KeptAnswer, Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, type AccountInput, account } from '../fixtures/account.ts';
import { differences } from '../matrix/compare-matrices.ts';
import { naiveMatrix } from '../matrix/naive-build.ts';

/** A cell and its expected verdict according to the page; `null`: denied. */
interface Case {
  readonly id: string;
  /** what this account has besides `given` of its rule */
  readonly account?: Fields;
  readonly who: string;
  readonly path: PathId;
  readonly expect: Expected | null;
  /** codes of the denied cell */
  readonly uncertain?: readonly string[];
}

interface Expected {
  readonly verdict: string;
  readonly uncertain?: readonly string[];
  readonly reachable?: boolean | null;
  readonly because?: string;
  readonly via?: readonly string[];
  readonly landsAs?: readonly string[];
  readonly conditionHas?: string;
  readonly missing?: string;
  /** null: there is no obstacle, or it is not known */
  readonly removable?: readonly object[] | null;
}

interface Rule {
  readonly rule: string;
  readonly page: string;
  readonly given: Fields;
  readonly cases: readonly Case[];
}

type Fields = Readonly<Record<string, unknown>>;

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(import.meta.dirname, 'accounts');
const rules = readdirSync(FOLDER)
  .sort()
  .flatMap((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as readonly Rule[]);
const docs = ['semantics', 'access-paths'].map((page) =>
  readFileSync(join(ROOT, 'docs', `${page}.md`), 'utf8'),
);

const DOCUMENTS: ReadonlySet<string> = new Set(['policies', 'scps', 'boundary', 'trust']);

/** Statements stand for policies; missing members are `Allow` and everything. */
function written(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => written(one, key));
  if (typeof value !== 'object' || value === null) return value;
  if (!DOCUMENTS.has(key))
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, written(one, name)]));
  if ('document' in value || 'Version' in value) return value;
  const resource = key === 'trust' || 'NotResource' in value ? {} : { Resource: '*' };
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...resource, ...value }] };
}

function snapshotOf({ given }: Rule, { account: own = {} }: Case): Snapshot {
  const { kept, without, ...input } = written({ ...given, ...own }) as AccountInput & {
    readonly kept?: readonly KeptAnswer[];
    readonly without?: readonly string[];
  };
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  return {
    ...snapshot,
    // documents that were not read, by the end of their ids
    policies: snapshot.policies.map((one) =>
      without?.some((end) => one.id.endsWith(end)) ? { ...one, document: null } : one,
    ),
    ...(kept && { kept }),
  };
}

const arnOf = (who: string): string =>
  /^(user|role)\//.test(who) ? `arn:aws:iam::${ACCOUNT_ID}:${who}` : who;

function reduced(cell: Cell | undefined, snapshot: Snapshot, wanted: Expected | null): unknown {
  if (!cell || !wanted) return cell ? { verdict: cell.verdict, via: cell.via } : null;
  const { conditionHas, because, ...rest } = wanted;
  const told = because === undefined ? null : explainCell(snapshot, cell);
  return {
    ...Object.fromEntries(Object.keys(rest).map((name) => [name, Reflect.get(cell, name) ?? null])),
    ...(conditionHas !== undefined && {
      conditionHas: cell.condition?.text.includes(conditionHas) ? conditionHas : cell.condition?.text,
    }),
    ...(told && { because: 'unreachable' in told ? told.unreachable : undefined }),
  };
}

describe.each(rules)('$rule', (rule) => {
  test('is documented with its page', () => {
    expect(docs.some((page) => page.includes(rule.page))).toBe(true);
  });

  test.each(rule.cases)('$id', (one) => {
    const snapshot = snapshotOf(rule, one);
    const matrix = buildMatrix(snapshot);
    expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
    const name = { principal: arnOf(one.who), path: one.path, instance: 'i-1' };
    const [cell] = cellsOf(matrix, snapshot, name, { removable: true });
    expect(reduced(cell, snapshot, one.expect)).toEqual(one.expect);
    if (one.uncertain)
      expect(explainCell(snapshot, name, matrix)).toMatchObject({ uncertain: one.uncertain });
  });
});

test('ids are unique', () => {
  const ids = rules.flatMap(({ cases }) => cases.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
});
