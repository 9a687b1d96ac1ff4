import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

export interface VirtualAxis {
  readonly items: readonly VirtualItem[];
  readonly size: number;
  readonly scrollTo: (index: number) => void;
}

/** The visible rows or columns of a scrolled element, which has `count` of them, each of `size` pixels. */
export function useVirtual(
  scroller: { readonly current: HTMLElement | null },
  {
    count,
    size,
    horizontal = false,
    margin = 0,
    beyond = 6,
  }: {
    count: number;
    size: number;
    horizontal?: boolean;
    margin?: number;
    /** how many more are drawn before and after the visible ones */
    beyond?: number;
  },
): VirtualAxis {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const options = {
    count,
    horizontal,
    overscan: beyond,
    scrollPaddingStart: margin,
    getScrollElement: () => scroller.current,
    estimateSize: () => size,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(undefined as never),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => virtualizer.measure(), [size]);
  return {
    items: virtualizer.getVirtualItems(),
    size: virtualizer.getTotalSize(),
    scrollTo: (index) => virtualizer.scrollToIndex(index),
  };
}
