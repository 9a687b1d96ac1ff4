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

/** `a, b and 3 more`: at most `most` names. `all`: how many there are, if the list is cut already. */
export function firstOf(names: readonly string[], most: number, all = names.length): string {
  const shown = names.slice(0, most);
  return `${shown.join(', ')}${andMore(all - shown.length)}`;
}
