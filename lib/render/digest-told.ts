import type { Severity } from '../findings/finding.ts';
import { bySeverity } from '../findings/severities.ts';
import { clip, visible } from './escape.ts';

/** Code points of one field at most. */
export const LONGEST_FIELD = 300;

/** A text out of an account as a summary keeps it: no digest shows more of it. */
export const kept = (text: string): string => clip(visible(text), LONGEST_FIELD);

/** How many there are, and the first of them in the order in which they are told. */
export interface Most<Item> {
  readonly count: number;
  readonly first: readonly Item[];
}

/** The first `most` in this order; those that are alike stay as they came. */
export function firstOf<Item>(
  items: readonly Item[],
  most: number,
  order: (a: Item, b: Item) => number = () => 0,
): readonly Item[] {
  return items.toSorted(order).slice(0, most);
}

/** By severity alone: those that are as grave stay as they came. */
export const graverFirst = (a: { readonly severity: Severity }, b: { readonly severity: Severity }): number =>
  bySeverity(a.severity, b.severity);

/** Two lists as one. */
export const joined = <Item>(
  a: Most<Item>,
  b: Most<Item>,
  most: number,
  order?: (a: Item, b: Item) => number,
): Most<Item> => ({ count: a.count + b.count, first: firstOf([...a.first, ...b.first], most, order) });
