import type { Severity } from '../findings/finding.ts';
import { bySeverity } from '../findings/severities.ts';
import { clip, visible } from './escape.ts';

/** Code points of one field at most. */
export const LONGEST_FIELD = 300;

/** A text out of an account as a summary stores it: no digest shows more of it. */
export const kept = (text: string): string => clip(visible(text), LONGEST_FIELD);

/** The number of items, and the first of them. */
export interface Most<Item> {
  readonly count: number;
  readonly first: readonly Item[];
}

/** The first `most` in this order; a stable sort. */
export function firstOf<Item>(
  items: readonly Item[],
  most: number,
  order: (a: Item, b: Item) => number = () => 0,
): readonly Item[] {
  return items.toSorted(order).slice(0, most);
}

/** By severity only, as a stable sort. */
export const graverFirst = (a: { readonly severity: Severity }, b: { readonly severity: Severity }): number =>
  bySeverity(a.severity, b.severity);

/** Two lists as one. */
export const joined = <Item>(
  a: Most<Item>,
  b: Most<Item>,
  most: number,
  order?: (a: Item, b: Item) => number,
): Most<Item> => ({ count: a.count + b.count, first: firstOf([...a.first, ...b.first], most, order) });
