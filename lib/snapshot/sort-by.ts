/** Compares by UTF-16 code unit: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The items sorted by a text of each; the list itself if it is already in order. */
export function sortBy<T>(items: readonly T[], text: (item: T) => string): readonly T[] {
  if (items.length < 2) return items;
  return items
    .map((item) => ({ item, text: text(item) }))
    .sort((a, b) => compareText(a.text, b.text))
    .map((pair) => pair.item);
}
