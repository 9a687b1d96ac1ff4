import type { Assigned, Cause, CellDrift, ChangeWord, Drift, DriftGroup } from '../drift/drift.ts';
import type { Severity } from '../findings/finding.ts';
import { bySeverity, graverBy } from '../findings/severities.ts';
import { count } from '../policy/counted.ts';
import { byteLength } from './escape.ts';
import { shortPrincipal } from './names.ts';
import { opensRoot, opensShell, pathPlace } from './path-facts.ts';
import { byStrength } from './row-strength.ts';
import { strengthOf } from './strength.ts';

/** The changes of one cause. `rows` are sorted worst first. */
export interface CauseChange extends Omit<Drift, 'groups'> {
  readonly severity: Severity;
  readonly rows: readonly ChangeRow[];
}

/** Cells that changed alike, their worst path first. */
export interface ChangeRow extends DriftGroup {
  readonly severity: Severity;
}

/** Drift with severities, the worst cause first; among equal ones those about people. */
export function changesOf(drift: readonly Drift[]): CauseChange[] {
  return drift.map(changeOf).sort(worstChangeFirst);
}

function changeOf({ groups, ...drift }: Drift): CauseChange {
  const rows = groups.map((group) => rowOf(group, drift.cause)).sort(worstRowFirst);
  return { ...drift, severity: severityOf(drift, rows[0]), rows };
}

/** From this number of principals and of instances on, the severity is one step higher. */
const MANY = 10;

/** The severity of the worst cells; access for many principals to many instances is one step graver. */
function severityOf({ cause, counts }: Omit<Drift, 'groups'>, worst: ChangeRow | undefined): Severity {
  if (cause.kind === 'configuration') return cause.silences ? 'high' : 'low';
  if (cause.assigned !== undefined) return assignedSeverity(cause.assigned);
  if (worst === undefined) return 'info';
  const isWide = counts.principals >= MANY && counts.instances >= MANY;
  const rises = isWide && worst.change === 'gained' && worst.severity !== 'info';
  return graverBy(worst.severity, rises ? 1 : 0);
}

const NOT_HELD = { verdict: 'denied', condition: null, landsAs: [] } as const;

/** A new holder of a permission set gets the access of its role. */
function assignedSeverity({ came, holds }: Assigned): Severity {
  const gained = came === 0 ? [] : holds;
  const each = gained.map(({ path, verdict, landsAs }) =>
    driftSeverity({ path, before: NOT_HELD, after: { verdict, condition: null, landsAs } }),
  );
  return each.sort(bySeverity)[0] ?? 'info';
}

function rowOf(group: DriftGroup, cause: Cause): ChangeRow {
  const worth = group.paths.map((path) => ({ path, severity: driftSeverity({ ...group, path }) }));
  worth.sort((a, b) => bySeverity(a.severity, b.severity) || pathPlace(a.path) - pathPlace(b.path));
  const severity = cause.alike ? 'info' : (worth[0]?.severity ?? 'info');
  return { ...group, paths: worth.map(({ path }) => path), severity };
}

/** Bytes of a call that a message or mail still shows in full: half a command is useless. */
const LONGEST_UNDO = 400;

/** The calls that undo a change, for a message: those that can be shown in full, or where they are. */
export function undoLines({ undo }: Cause): readonly string[] {
  if (undo === undefined) return [];
  const shown = undo.filter((line) => byteLength(line) <= LONGEST_UNDO).slice(0, MOST_UNDONE);
  if (shown.length === undo.length) return shown;
  return [...shown, '# `latchkey diff --json` prints all of it'];
}

const MOST_UNDONE = 2;

/** The number of cells of each kind of change. */
export type CellCounts = Readonly<Record<ChangeWord, number>>;

export function cellCounts(drift: readonly Drift[]): CellCounts {
  const sum = { gained: 0, lost: 0, changed: 0 };
  for (const { counts } of drift) {
    sum.gained += counts.gained;
    sum.lost += counts.lost;
    sum.changed += counts.changed;
  }
  return sum;
}

/**
 * The principals of a change: by name if there is one, `12 people and 3 other principals` if known, else a
 * count.
 */
export function whoText({ counts, rows }: CauseChange): string {
  const { principals, people } = counts;
  if (principals === 1) return shortPrincipal(rows[0]?.principals[0] ?? '');
  if (people === null || people === 0) return count(principals, 'principal');
  const others = principals - people;
  const who = count(people, 'person', 'people');
  return others === 0 ? who : `${who} and ${count(others, 'other principal')}`;
}

/** Causes without changed cells: the change itself is all there is to report. */
export const WITHOUT_CELLS: ReadonlySet<Cause['kind']> = new Set(['configuration', 'assignment']);

/** The text for a change without changed cells. */
export const CONFIGURED = 'what is expected and accepted here was changed';

/** The first names of the rows, each once, and the number of the others. */
export function firstNames(
  rows: readonly ChangeRow[],
  which: 'principals' | 'instances',
  all: number,
  most: number,
): { readonly names: readonly string[]; readonly left: number } {
  const names = new Set<string>();
  for (const row of rows) {
    for (const name of row[which]) {
      if (names.size === most) break;
      names.add(name);
    }
  }
  return { names: [...names], left: all - names.size };
}

/** Gained access is never mere information. */
const LOWEST_STEP = 3;

/**
 * The severity of one changed cell. Root is critical, another shell high, anything else medium; one step less
 * if a condition remains or the verdict is unknown, and one less if the cell was as strong before. Lost or
 * tightened access is information, and so is a change that only adds or removes instances like others.
 */
export function driftSeverity(cell: Pick<CellDrift, 'path' | 'before' | 'after'>): Severity {
  const { path, before, after } = cell;
  const was = strengthOf(path, before.verdict, before.landsAs);
  const is = strengthOf(path, after.verdict, after.landsAs);
  if (after.verdict === 'denied' || (after.verdict !== 'unknown' && is < was)) return 'info';
  const rank = opensRoot(path, after.landsAs) ? 0 : opensShell(path) ? 1 : 2;
  const step = rank + (after.verdict === 'allowed' ? 0 : 1) + (is > was ? 0 : 1);
  return graverBy('critical', -Math.min(step, LOWEST_STEP));
}

/** Compares by code unit, the same on every machine. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function worstRowFirst(a: ChangeRow, b: ChangeRow): number {
  const cells = (row: ChangeRow): number => row.principalCount * row.instanceCount * row.paths.length;
  return (
    bySeverity(a.severity, b.severity) ||
    byStrength(a, b) ||
    cells(b) - cells(a) ||
    byText(a.principals[0] ?? '', b.principals[0] ?? '') ||
    byText(a.instances[0] ?? '', b.instances[0] ?? '') ||
    byText(a.paths.join(), b.paths.join())
  );
}

function worstChangeFirst(a: CauseChange, b: CauseChange): number {
  const cells = ({ counts }: CauseChange): number => counts.gained + counts.lost + counts.changed;
  // in older runs it is not known who is a person
  const others = ({ counts }: CauseChange): number => Number(counts.people === 0);
  return (
    bySeverity(a.severity, b.severity) || others(a) - others(b) || cells(b) - cells(a) || byText(a.id, b.id)
  );
}
