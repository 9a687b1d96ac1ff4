import { emptyBits, setBit } from '../../lib/evaluator/bits.ts';
import { STRENGTHS, STRONGEST } from '../../lib/render/strengths.ts';
import { type Filter, groupsAsked, instanceAsked, principalAsked } from './filter.ts';
import { columnHashes, rowHash } from './line-hashes.ts';
import type { Model } from './model.ts';
import { type StrengthBits, spread, strengthRows } from './strength-rows.ts';

/** A row or a column: the numbers of its classes, and how many of their members match the filter. */
export interface GridLine {
  readonly classes: readonly number[];
  readonly count: number;
  /** the first member that matches */
  readonly first: number;
}

export interface MatrixAnswer {
  readonly rows: readonly GridLine[];
  readonly columns: readonly GridLine[];
  /** strengths, row by row */
  readonly cells: Uint8Array;
  /** number of principals that match but have no such access (`idle`), and of such instances (`quiet`) */
  readonly idle: number;
  readonly quiet: number;
  /** some changes are not known: the page has only the first names of large ones */
  readonly isCut?: boolean;
}

/** Up to so many principals, or instances, each have a line of their own: names say more than numbers. */
const [MOST_ROWS, MOST_COLUMNS] = [100, 50];

/** The matrix of the cells that match. Equal rows become one line, and so do equal columns, unless there are few. */
export function matrixQuery(model: Model, filter: Filter): MatrixAnswer {
  const groups = groupsAsked(model, filter);
  const [whom, what] = [principalAsked(model, filter), instanceAsked(model, filter)];
  const width = model.columnMembers.length;
  const strengths =
    groups === null ? model.strengths : strengthRows({ ...model, groups }, model.rowMembers.length);
  const rows = linesOf(model.rowMembers, whom);
  const columns = linesOf(model.columnMembers, what);
  const classes = columns.map(({ classes }) => classes[0] as number);
  const mask = emptyBits(width);
  for (const one of classes) setBit(mask, one);
  const of = (row: GridLine): StrengthBits => strengths[row.classes[0] as number] as StrengthBits;
  const shownRows = folded(
    rows,
    Float64Array.from(rows, (row) => rowHash(of(row), mask)),
  );
  const rowLines = unfolded(shownRows.lines, model.rowMembers, whom, MOST_ROWS);
  const spreadRows = rowLines.map((row) => spread(of(row), width));
  const shownColumns = folded(columns, columnHashes(spreadRows, classes));
  const columnLines = unfolded(shownColumns.lines, model.columnMembers, what, MOST_COLUMNS);
  const kept = columnLines.map(({ classes }) => classes[0] as number);
  const cells = cellsOf(spreadRows, kept);
  const rowOrder = strongestFirst(rowLines, tally(cells, columnLines, kept.length, 1));
  const columnOrder = strongestFirst(columnLines, tally(cells, rowLines, 1, kept.length));
  return {
    rows: rowOrder.map((at) => rowLines[at] as GridLine),
    columns: columnOrder.map((at) => columnLines[at] as GridLine),
    cells: reordered(cells, rowOrder, columnOrder),
    idle: shownRows.left,
    quiet: shownColumns.left,
  };
}

/** A line for each class with members that match. */
function linesOf(
  members: readonly (readonly number[])[],
  asked: ((member: number) => boolean) | null,
): readonly GridLine[] {
  return members.flatMap((list, number) => {
    const left = asked ? list.filter(asked) : list;
    return left.length > 0 ? [{ classes: [number], count: left.length, first: left[0] as number }] : [];
  });
}

/** A line for each member that matches, unless there are more than `most`. */
function unfolded(
  lines: readonly GridLine[],
  members: readonly (readonly number[])[],
  asked: ((member: number) => boolean) | null,
  most: number,
): readonly GridLine[] {
  if (lines.reduce((sum, { count }) => sum + count, 0) > most) return lines;
  return lines.flatMap(({ classes }) =>
    classes
      .flatMap((one) => (members[one] ?? []).filter((member) => asked === null || asked(member)))
      .map((first) => ({ classes, count: 1, first })),
  );
}

/** Joins lines with the same key. Lines without access (key 0) are only counted, in `left`. */
function folded(
  lines: readonly GridLine[],
  keys: Float64Array,
): { readonly lines: readonly GridLine[]; readonly left: number } {
  const known = new Map<number, { classes: number[]; count: number; first: number }>();
  let left = 0;
  for (const [at, { classes, count, first }] of lines.entries()) {
    const key = keys[at] as number;
    const line = known.get(key);
    if (key === 0) left += count;
    else if (line) {
      line.classes.push(...classes);
      line.count += count;
    } else known.set(key, { classes: [...classes], count, first });
  }
  return { lines: [...known.values()], left };
}

function cellsOf(rows: readonly Uint8Array[], classes: readonly number[]): Uint8Array {
  const cells = new Uint8Array(rows.length * classes.length);
  const columns = Uint32Array.from(classes);
  let next = 0;
  for (const row of rows)
    for (let at = 0; at < columns.length; at++) cells[next++] = row[columns[at] as number] as number;
  return cells;
}

/**
 * For each line, the number of members on the other side by strength. Distances in `cells`: `step` from one line to the
 * next, `stride` within a line.
 */
function tally(cells: Uint8Array, across: readonly GridLine[], step: number, stride: number): Float64Array {
  const counts = Float64Array.from(across, ({ count }) => count);
  const lines = counts.length === 0 ? 0 : cells.length / counts.length;
  const worth = new Float64Array(lines * STRENGTHS.length);
  for (let line = 0; line < lines; line++) {
    for (let at = 0; at < counts.length; at++) {
      const index = line * STRENGTHS.length + (cells[line * step + at * stride] as number);
      worth[index] = (worth[index] as number) + (counts[at] as number);
    }
  }
  return worth;
}

/** The numbers of the lines: the strongest first, and for equal strength those that reach most. */
function strongestFirst(lines: readonly GridLine[], worth: Float64Array): readonly number[] {
  return [...lines.keys()].sort((a, b) => {
    for (let strength = STRONGEST; strength > 0; strength--) {
      const of = (line: number): number => worth[line * STRENGTHS.length + strength] as number;
      const less = of(b) - of(a);
      if (less !== 0) return less;
    }
    return (lines[a]?.first ?? 0) - (lines[b]?.first ?? 0);
  });
}

function reordered(cells: Uint8Array, rows: readonly number[], columns: readonly number[]): Uint8Array {
  const sorted = new Uint8Array(cells.length);
  const from = Uint32Array.from(columns);
  let next = 0;
  for (const row of rows)
    for (let at = 0; at < from.length; at++)
      sorted[next++] = cells[row * from.length + (from[at] as number)] as number;
  return sorted;
}
