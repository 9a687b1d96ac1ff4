import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { count } from '../lib/policy/counted.ts';
import { MOST_PRINTED, usePrinting } from './printing.ts';
import { type RowSizes, useRowSize } from './row-size.ts';
import { useVirtual } from './virtual.ts';

export interface GridColumn {
  readonly title: string;
  readonly css: string;
}

export function GridCell({ css, children }: { css: string; children?: ComponentChildren }) {
  return (
    <div role="cell" class={`vcell ${css}`}>
      {children}
    </div>
  );
}

/** A table of any length. Only visible rows are in the document; attributes tell screen readers the full number. */
export function VirtualTable({
  label,
  columns,
  length,
  rowSizes,
  row,
}: {
  label: string;
  columns: readonly GridColumn[];
  length: number;
  rowSizes: RowSizes;
  /** a `GridCell` for each column */
  row: (index: number) => ComponentChildren;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const isPrinting = usePrinting();
  const rowSize = useRowSize(rowSizes);
  const { items, size } = useVirtual(scroller, { count: length, size: rowSize });
  const shown = isPrinting
    ? Array.from({ length: Math.min(length, MOST_PRINTED) }, (_, index) => ({ index, start: null }))
    : items;
  return (
    <>
      <div class="vtable" ref={scroller} role="region" aria-label={label} tabIndex={0}>
        <div role="table" aria-label={label} aria-rowcount={length + 1} class="vtable-inner">
          <div role="rowgroup">
            <div role="row" aria-rowindex={1} class="vrow vhead">
              {columns.map(({ title, css }) => (
                <div role="columnheader" class={`vcell ${css}`} key={title}>
                  {title}
                </div>
              ))}
            </div>
          </div>
          <div role="rowgroup" class="vbody" style={isPrinting ? {} : { height: `${size}px` }}>
            {shown.map(({ index, start }) => (
              <div
                role="row"
                key={index}
                aria-rowindex={index + 2}
                class={start === null ? 'vrow' : 'vrow placed'}
                style={start === null ? {} : { transform: `translateY(${start}px)`, height: `${rowSize}px` }}
              >
                {row(index)}
              </div>
            ))}
          </div>
        </div>
      </div>
      {isPrinting && length > MOST_PRINTED && (
        <p class="left">{count(length - MOST_PRINTED, 'more row')} not printed.</p>
      )}
    </>
  );
}
