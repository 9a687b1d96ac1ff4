import type { Cell, Grant, PrincipalKind, Step } from '../matrix/paths/cell.ts';
import type { MatrixInstance } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import type { Instance, PolicyRecord } from '../snapshot/snapshot.ts';
import { clip } from './escape.ts';
import { cellsAmong, type Grid } from './grid.ts';
import { PAGE_LIMITS } from './limits.ts';
import { instancesById, shortPrincipal } from './names.ts';
import { pathGroups, pathTitle } from './path-facts.ts';
import type { Report } from './report.ts';
import { stepText } from './step-text.ts';
import { strengthOf } from './strength.ts';

/** In a request, the instance of the cell itself, so that instances share what is decided alike for them. */
const SELF = '@instance';
/** In a step, the principal of the cell itself, for the same reason. */
const WHO = '@principal';

/** What the page's script reads: lists only, never an object whose keys come from the account. */
export interface Payload {
  readonly paths: readonly {
    readonly id: string;
    readonly title: string;
    readonly groups: readonly string[];
  }[];
  readonly rows: readonly PayloadRow[];
  readonly columns: readonly PayloadColumn[];
  readonly details: readonly PayloadDetail[];
  readonly statements: readonly {
    readonly policy: string;
    readonly statement: number;
    readonly text: string;
  }[];
  /** row, column, path, verdict, detail, reachable (1, 0, -1 for unknown), strength */
  readonly cells: readonly (readonly number[])[];
}

interface PayloadRow {
  readonly arn: string;
  readonly name: string;
  /** who is behind it, and behind those that share the row */
  readonly kinds: readonly PrincipalKind[];
  readonly members: readonly string[];
  readonly more: number;
}

interface PayloadColumn {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly state: string;
  readonly tags: readonly (readonly [string, string])[];
  readonly members: readonly string[];
  readonly more: number;
}

interface PayloadDetail {
  readonly condition: string | null;
  readonly landsAs: readonly string[];
  readonly via: readonly string[];
  /** a step in words, its condition or null, the statement of the trust policy that lets in, in a list of at most one */
  readonly steps: readonly (readonly [string, string | null, readonly PayloadGrant[]])[];
  readonly uncertain: readonly string[];
  readonly missing: string | null;
  readonly requests: readonly (readonly [string, string])[];
  readonly opens: readonly string[];
  readonly grants: readonly PayloadGrant[];
}

/** policy, statement index, Sid or null, layer, index into `statements` or -1 */
type PayloadGrant = readonly [string, number, string | null, string, number];

const VERDICTS = ['allowed', 'conditional', 'unknown'];

export function payloadOf(report: Report, grid: Grid, kindOf: (arn: string) => PrincipalKind): Payload {
  const { matrix, snapshot } = report;
  const rowOf = new Map(grid.rows.map((row, index) => [row.members[0] ?? 0, index] as const));
  const columnOf = new Map(grid.columns.map((column, index) => [column.members[0] ?? 0, index] as const));
  const rowByArn = new Map(
    [...rowOf].map(([member, index]) => [matrix.principals[member]?.arn, index] as const),
  );
  const columnById = new Map(
    [...columnOf].map(([member, index]) => [matrix.instances[member]?.id, index] as const),
  );
  const columns = columnsOf(report, grid);
  const statements = statementTable(snapshot.policies);
  const details = detailTable(statements.indexOf);
  const cells: number[][] = [];
  for (const cell of cellsAmong(matrix, snapshot, new Set(rowOf.keys()), new Set(columnOf.keys()))) {
    const row = rowByArn.get(cell.principal);
    const column = columnById.get(cell.instance);
    if (row === undefined || column === undefined) continue;
    cells.push([
      row,
      column,
      matrix.paths.indexOf(cell.path),
      VERDICTS.indexOf(cell.verdict),
      details.indexOf(cell, columns[column]?.arn ?? ''),
      cell.reachable == null ? -1 : Number(cell.reachable),
      strengthOf(cell.path, cell.verdict, cell.landsAs),
    ]);
  }
  return {
    paths: matrix.paths.map((id) => ({ id, title: pathTitle(id), groups: pathGroups(id) })),
    rows: grid.rows.map((row) =>
      rowPayload(
        row.members.map((member) => matrix.principals[member]?.arn ?? ''),
        kindOf,
      ),
    ),
    columns,
    details: details.list,
    statements: statements.list,
    cells,
  };
}

function rowPayload(arns: readonly string[], kindOf: (arn: string) => PrincipalKind): PayloadRow {
  const arn = arns[0] ?? '';
  const others = arns.slice(1);
  return {
    arn,
    name: shortPrincipal(arn),
    kinds: [...new Set(arns.map(kindOf))],
    members: others.slice(0, PAGE_LIMITS.members),
    more: Math.max(0, others.length - PAGE_LIMITS.members),
  };
}

function columnsOf(report: Report, grid: Grid): PayloadColumn[] {
  const byId = instancesById(report.snapshot);
  return grid.columns.map((column) => {
    const members = column.members.map((member) => report.matrix.instances[member]);
    return columnPayload(members, byId);
  });
}

function columnPayload(
  members: readonly (MatrixInstance | undefined)[],
  byId: ReadonlyMap<string, Instance>,
): PayloadColumn {
  const first = members[0];
  const instance = byId.get(first?.id ?? '');
  const others = members.slice(1).map((member) => member?.id ?? '');
  return {
    id: first?.id ?? '',
    arn: first?.arn ?? '',
    name: first?.name ?? '',
    region: first?.region ?? '',
    state: instance?.state ?? '',
    tags: instance?.tags.map((tag) => [tag.key, tag.value] as const) ?? [],
    members: others.slice(0, PAGE_LIMITS.members),
    more: Math.max(0, others.length - PAGE_LIMITS.members),
  };
}

function detailTable(statementIndex: (grant: Grant) => number): {
  readonly list: PayloadDetail[];
  readonly indexOf: (cell: Cell, instanceArn: string) => number;
} {
  const list: PayloadDetail[] = [];
  const known = new Map<string, number>();
  const indexOf = (cell: Cell, instanceArn: string): number => {
    const detail = detailOf(cell, instanceArn, statementIndex);
    const key = JSON.stringify(detail);
    return remembered(known, key, () => list.push(detail) - 1);
  };
  return { list, indexOf };
}

function detailOf(cell: Cell, instanceArn: string, statementIndex: (grant: Grant) => number): PayloadDetail {
  return {
    condition: cell.condition?.text ?? null,
    landsAs: cell.landsAs,
    via: cell.via,
    steps: cell.steps.map((step) => stepPayload(step, cell.principal, statementIndex)),
    uncertain: cell.uncertain,
    missing: cell.missing ?? null,
    requests: cell.requests.map(
      ({ action, resource }) => [action, resource === instanceArn ? SELF : resource] as const,
    ),
    opens: (cell.opens ?? []).map(
      (opened) =>
        `${shortPrincipal(opened.principal)}: ${pathTitle(opened.path)}, with ${opened.key} ${opened.value === null ? 'removed' : `set to ${opened.value}`}`,
    ),
    grants: cell.grants.map((grant) => grantPayload(grant, statementIndex)),
  };
}

function stepPayload(
  step: Step,
  principal: string,
  statementIndex: (grant: Grant) => number,
): PayloadDetail['steps'][number] {
  const short = (arn: string): string =>
    arn === principal ? WHO : arn === step.instance ? arn.replace(/^.*\//s, '') : shortPrincipal(arn);
  const trust = step.trust ? [{ ...step.trust, layer: 'resourcePolicy' as const }] : [];
  return [
    stepText(step, short),
    step.condition?.text ?? null,
    trust.map((grant) => grantPayload(grant, statementIndex)),
  ];
}

function grantPayload(grant: Grant, statementIndex: (grant: Grant) => number): PayloadGrant {
  return [grant.policy, grant.statement, grant.sid, grant.layer, statementIndex(grant)];
}

/** The statements that the shown cells rest on, as the account wrote them. */
function statementTable(policies: readonly PolicyRecord[]): {
  readonly list: { policy: string; statement: number; text: string }[];
  readonly indexOf: (grant: Grant) => number;
} {
  const byId = new Map(policies.map((policy) => [policy.id, policy] as const));
  const list: { policy: string; statement: number; text: string }[] = [];
  const known = new Map<string, number>();
  const indexOf = (grant: Grant): number => {
    const key = `${grant.statement} ${grant.policy}`;
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const text = statementText(byId.get(grant.policy)?.document, grant.statement);
    const index =
      text === null ? -1 : list.push({ policy: grant.policy, statement: grant.statement, text }) - 1;
    known.set(key, index);
    return index;
  };
  return { list, indexOf };
}

/** One statement of a document as indented JSON, or null where the document is not of that shape. */
function statementText(document: unknown, index: number): string | null {
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return null;
  const list = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  const statement: unknown = list[index];
  if (statement === undefined) return null;
  return clip(JSON.stringify(statement, null, 2), PAGE_LIMITS.statementText);
}
