import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { thousands } from '../lib/policy/counted.ts';
import { addressOf } from '../lib/render/page/address.ts';
import type { Client } from './client.ts';
import type { InstanceLine } from './engine/lists.ts';
import type { GridLine, MatrixAnswer } from './engine/matrix-query.ts';
import { useInstances, usePrincipals } from './lines.ts';
import { principalName } from './names.ts';
import { usePage } from './page-context.ts';

import { useVirtual, type VirtualAxis } from './virtual.ts';

const SQUARE = 28;
/** Lines drawn beyond the visible ones. Few, because each has as many squares as there are lines on the other side. */
const BEYOND = 2;
/** Height of the names of columns: of most, and for each character of short ones. */
const HEAD = 164;
const CHARACTER = 7;
const HEAD_SPACE = 14;
const LABEL = 230;
const LABEL_SMALL = 130;

/** The visible squares, and their names. Arrow keys move from square to square, Enter opens one. */
export function MatrixGrid({ answer }: { answer: MatrixAnswer }) {
  const scroller = useRef<HTMLDivElement>(null);
  const label = innerWidth < 600 ? LABEL_SMALL : LABEL;
  const { rows, columns, names, lineOf, head } = useSquares(answer, scroller, label);
  const { at, move } = useRoving(answer, scroller, { rows, columns });
  const { client } = usePage();
  const open = (event: Event): void => {
    const square = (event.target as HTMLElement).closest<HTMLElement>('[data-at]');
    const [row = -1, column = -1] = square?.dataset.at?.split(',').map(Number) ?? [];
    void openSquare(client, answer.rows[row]?.first, answer.columns[column]?.first);
  };
  return (
    <div class="grid-frame" ref={scroller}>
      <div
        role="grid"
        aria-label="Principals by instances"
        aria-rowcount={answer.rows.length + 1}
        aria-colcount={answer.columns.length + 1}
        onKeyDown={(event) => (event.key === 'Enter' ? open(event) : move(event))}
        onClick={open}
        style={{ width: `${label + columns.size}px`, height: `${head + rows.size}px` }}
      >
        <ColumnHeads answer={answer} columns={columns.items} label={label} height={head} lineOf={lineOf} />
        {rows.items.map(({ index, start }) => (
          <GridRow
            key={index}
            answer={answer}
            index={index}
            start={head + start}
            label={label}
            columns={columns.items}
            names={names}
            focused={at[0] === index ? at[1] : -1}
          />
        ))}
      </div>
    </div>
  );
}

/** The visible rows and columns, with the names of the columns and the height that these need. */
function useSquares(
  answer: MatrixAnswer,
  scroller: { readonly current: HTMLDivElement | null },
  label: number,
) {
  const each = { size: SQUARE, beyond: BEYOND };
  const columns = useVirtual(scroller, {
    ...each,
    count: answer.columns.length,
    horizontal: true,
    margin: label,
  });
  const lineOf = useInstances(columns.items.map(({ index }) => answer.columns[index]?.first ?? -1));
  const names = columns.items.map(({ index }) => {
    const line = lineOf(answer.columns[index]?.first ?? -1);
    return line?.name ?? line?.id ?? '';
  });
  const head = headHeight(names, answer.columns);
  const rows = useVirtual(scroller, { ...each, count: answer.rows.length, margin: head });
  return { rows, columns, names, lineOf, head };
}

/** As tall as the longest name, if all are drawn. `names`: those of the visible columns; empty: not read yet. */
function headHeight(names: readonly string[], columns: readonly GridLine[]): number {
  if (names.length < columns.length || names.includes('')) return HEAD;
  const longest = Math.max(...names.map((name, at) => name.length + othersText(columns[at]).length));
  return Math.min(HEAD, HEAD_SPACE + CHARACTER * longest);
}

/** ` +28`, after the name of the first instance of a line. */
const othersText = (line: GridLine | undefined): string =>
  line === undefined || line.count < 2 ? '' : ` +${thousands(line.count - 1)}`;

/** Keeps one square in the tab order (roving tabindex), and moves the focus with the keys. */
function useRoving(
  answer: MatrixAnswer,
  scroller: { readonly current: HTMLElement | null },
  { rows, columns }: { rows: VirtualAxis; columns: VirtualAxis },
) {
  const [at, setAt] = useState<readonly [number, number]>([0, 0]);
  const focus = useRef(false);
  useEffect(() => {
    if (!focus.current) return;
    focus.current = false;
    rows.scrollTo(at[0]);
    columns.scrollTo(at[1]);
    // the square exists only in the frame after scrolling to it
    requestAnimationFrame(() =>
      scroller.current
        ?.querySelector<HTMLElement>(`[data-at="${at.join()}"]`)
        ?.focus({ preventScroll: true }),
    );
  }, [at]);
  const move = (event: KeyboardEvent): void => {
    const next = moved(at, event.key, answer);
    if (next === null) return;
    event.preventDefault();
    focus.current = true;
    setAt(next);
  };
  return { at, move };
}

function moved(
  [row, column]: readonly [number, number],
  key: string,
  { rows, columns }: MatrixAnswer,
): readonly [number, number] | null {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowDown: [row + 1, column],
    ArrowUp: [row - 1, column],
    ArrowRight: [row, column + 1],
    ArrowLeft: [row, column - 1],
    PageDown: [row + 15, column],
    PageUp: [row - 15, column],
    Home: [row, 0],
    End: [row, columns.length - 1],
  };
  const next = Object.hasOwn(steps, key) ? steps[key] : undefined;
  if (!next) return null;
  const within = (value: number, size: number): number => Math.max(0, Math.min(size - 1, value));
  return [within(next[0], rows.length), within(next[1], columns.length)];
}

interface Placed {
  readonly index: number;
  readonly start: number;
}

function ColumnHeads({
  answer,
  columns,
  label,
  height,
  lineOf,
}: {
  answer: MatrixAnswer;
  columns: readonly Placed[];
  label: number;
  height: number;
  lineOf: (number: number) => InstanceLine | undefined;
}) {
  return (
    <div role="row" aria-rowindex={1} class="grid-heads" style={{ height: `${height}px` }}>
      <div
        role="columnheader"
        aria-colindex={1}
        class="corner"
        style={{ width: `${label}px`, height: `${height}px` }}
      >
        <span class="vh">Principal</span>
      </div>
      {columns.map(({ index, start }) => {
        const column = answer.columns[index] as GridLine;
        const line = lineOf(column.first);
        return (
          <div
            role="columnheader"
            aria-colindex={index + 2}
            key={index}
            class="column-head"
            style={{ left: `${label + start}px`, height: `${height}px` }}
          >
            <a
              href={line ? addressOf.instance(line.id) : '#matrix'}
              tabIndex={-1}
              title={line ? `${line.id}, ${line.region}` : ''}
            >
              {line?.name ?? line?.id ?? '…'}
              {othersText(column)}
            </a>
          </div>
        );
      })}
    </div>
  );
}

interface RowProps {
  readonly answer: MatrixAnswer;
  readonly index: number;
  readonly start: number;
  readonly label: number;
  readonly columns: readonly Placed[];
  readonly names: readonly string[];
  readonly focused: number;
}

/** Drawn again only if its properties changed: there are thousands of squares, and scrolling leaves most as they are. */
function GridRow({ answer, index, start, label, columns, names, focused }: RowProps) {
  const { head } = usePage();
  const row = answer.rows[index] as GridLine;
  const line = usePrincipals([row.first])(row.first);
  const name = line ? principalName(line.arn) : '…';
  const cells = useMemo(
    () =>
      columns.map((column, at) => {
        const strength = answer.cells[index * answer.columns.length + column.index] ?? 0;
        const { letter, word, css } = head.strengths[strength] ?? { letter: '', word: '', css: 'none' };
        return (
          <div
            role="gridcell"
            key={column.index}
            aria-colindex={column.index + 2}
            tabIndex={focused === column.index ? 0 : -1}
            data-at={`${index},${column.index}`}
            class={`square ${css}`}
            style={{ left: `${label + column.start}px` }}
            aria-label={`${name} on ${names[at]}: ${word}`}
          >
            {letter}
          </div>
        );
      }),
    [answer, index, label, columns[0]?.index, columns.length, names.join(), focused, name],
  );
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      class="grid-row"
      style={{ transform: `translateY(${start}px)`, width: '100%' }}
    >
      <div role="rowheader" aria-colindex={1} class="row-head" style={{ width: `${label}px` }}>
        <a href={line ? addressOf.principal(line.arn) : '#matrix'} tabIndex={-1} title={line?.arn ?? ''}>
          {name}
        </a>
        {row.count > 1 && <span class="muted"> +{thousands(row.count - 1)}</span>}
      </div>
      {cells}
    </div>
  );
}

async function openSquare(client: Client, principal = -1, instance = -1): Promise<void> {
  if (principal < 0 || instance < 0) return;
  const [who] = await client.ask('principalLines', [principal]);
  const [where] = await client.ask('instanceLines', [instance]);
  if (who && where) location.hash = addressOf.cell(who.arn, where.id);
}
