/** `1,204` */
export function thousands(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 instance`, `8 instances`, `1,204 instances`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${thousands(n)} ${n === 1 ? one : many}`;
}

/** ` and 3 more`, after the names that are shown; empty if none is left. */
export const andMore = (left: number): string => (left > 0 ? ` and ${thousands(left)} more` : '');

interface ShortList<T> {
  /** the words for an item; called only for those that are shown */
  readonly text?: (item: T) => string;
  /** how many there are, if the list is cut already */
  readonly all?: number;
}

/** `a, b and 3 more`: at most `most` items. */
export function shortList<T>(
  items: readonly T[],
  most: number,
  { text = String, all = items.length }: ShortList<T> = {},
): string {
  const shown = items.slice(0, most);
  return `${shown.map(text).join(', ')}${andMore(all - shown.length)}`;
}
