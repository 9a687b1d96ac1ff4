import type { Cause, CellState, Drift } from '../drift/drift.ts';
import type { Condition } from '../evaluator/decision.ts';
import type { Severity } from '../findings/finding.ts';
import { opensRoot, opensShell } from './path-facts.ts';
import { strengthOf } from './strength.ts';

export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** Everything that one cause changed. `rows` are sorted worst first. */
export interface Change {
  readonly cause: Cause;
  readonly severity: Severity;
  readonly rows: readonly ChangeRow[];
  readonly gained: number;
  readonly lost: number;
  readonly changed: number;
}

/** Cells that changed alike: one principal and path, on several instances (ids, sorted). */
export interface ChangeRow extends Omit<Drift, 'instance' | 'cause'> {
  readonly severity: Severity;
  readonly instances: readonly string[];
}

/** Drift folded by cause: the CloudTrail event where one is known, else what changed. Worst first. */
export function changesOf(drift: readonly Drift[]): Change[] {
  const byCause = new Map<string, Drift[]>();
  for (const item of drift) {
    const { eventId, kind, detail } = item.cause;
    const key = eventId === undefined ? JSON.stringify([kind, detail]) : JSON.stringify([eventId]);
    const known = byCause.get(key);
    if (known === undefined) byCause.set(key, [item]);
    else known.push(item);
  }
  return [...byCause.values()].map(changeOf).sort(worstChangeFirst);
}

function changeOf(items: readonly Drift[]): Change {
  const rows = rowsOf(items).sort(worstRowFirst);
  const tally = (change: Drift['change']) => items.filter((item) => item.change === change).length;
  return {
    cause: items[0]?.cause ?? { kind: 'unknown', detail: '' },
    severity: rows[0]?.severity ?? 'info',
    rows,
    gained: tally('gained'),
    lost: tally('lost'),
    changed: tally('changed'),
  };
}

function rowsOf(items: readonly Drift[]): ChangeRow[] {
  const rows = new Map<string, ChangeRow & { instances: string[] }>();
  for (const item of [...items].sort((a, b) => byText(a.instance, b.instance))) {
    const { change, principal, path, before, after } = item;
    const key = JSON.stringify([change, principal, path, stateText(before), stateText(after)]);
    const known = rows.get(key);
    if (known !== undefined) known.instances.push(item.instance);
    else {
      rows.set(key, {
        change,
        principal,
        path,
        before,
        after,
        severity: driftSeverity(item),
        instances: [item.instance],
      });
    }
  }
  return [...rows.values()];
}

/** How many principals, and how many instances, a change touches. */
export function touchedBy(change: Change): { readonly principals: number; readonly instances: number } {
  return {
    principals: new Set(change.rows.map((row) => row.principal)).size,
    instances: new Set(change.rows.flatMap((row) => row.instances)).size,
  };
}

/**
 * What a change of one cell is worth. Root is critical, another shell high, anything else medium; one step less where a
 * condition remains or the verdict is unknown, and one less where the cell was as strong before. Access lost or
 * tightened is information.
 */
export function driftSeverity(item: Drift): Severity {
  const { path, before, after } = item;
  const was = strengthOf(path, before.verdict, before.landsAs);
  const is = strengthOf(path, after.verdict, after.landsAs);
  if (after.verdict === 'denied' || (after.verdict !== 'unknown' && is < was)) return 'info';
  const rank = opensRoot(path, after.landsAs) ? 0 : opensShell(path) ? 1 : 2;
  const step = rank + (after.verdict === 'allowed' ? 0 : 1) + (is > was ? 0 : 1);
  return SEVERITIES[Math.min(step, SEVERITIES.indexOf('low'))] ?? 'low';
}

/** What remains to be true, always with its `if`. */
export function conditionText(condition: Condition | null): string {
  const text = condition?.text ?? 'a condition holds';
  return text.startsWith('if ') ? text : `if ${text}`;
}

/** A cell's state in words: `none`, `always, as root`, `only if …`. */
export function stateText(state: CellState): string {
  const as = state.landsAs.length === 0 ? '' : `, ${landsAsText(state.landsAs)}`;
  if (state.verdict === 'denied') return 'none';
  if (state.verdict === 'unknown') return 'unknown';
  if (state.verdict === 'allowed') return `always${as}`;
  return `only ${conditionText(state.condition)}${as}`;
}

/** OS users in words, `as root or ubuntu`; `*` is any of them. Empty where none are known. */
export function landsAsText(landsAs: readonly string[]): string {
  const users = landsAs.map((user) => (user === '*' ? 'any OS user, root included' : user)).join(' or ');
  if (users === '' || users.startsWith('as ')) return users;
  return users === 'console login' ? 'with a console login' : `as ${users}`;
}

export function bySeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** Compares by code unit, the same on every machine. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function worstRowFirst(a: ChangeRow, b: ChangeRow): number {
  return (
    bySeverity(a.severity, b.severity) ||
    b.instances.length - a.instances.length ||
    byText(a.principal, b.principal) ||
    byText(a.path, b.path)
  );
}

function worstChangeFirst(a: Change, b: Change): number {
  return (
    bySeverity(a.severity, b.severity) ||
    cellsIn(b) - cellsIn(a) ||
    byText(a.cause.eventId ?? a.cause.detail, b.cause.eventId ?? b.cause.detail)
  );
}

function cellsIn(change: Change): number {
  return change.gained + change.lost + change.changed;
}
