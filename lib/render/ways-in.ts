import { count, thousands } from '../policy/counted.ts';
import type { CellCounts } from './changes.ts';

/** What people read for a number of cells that are not denied: `1 way in`, `1,204 ways in`. */
export const waysIn = (n: number): string => count(n, 'way in', 'ways in');

/**
 * `8 ways in gained, 2 changed, 1 lost`, or `1 way in lost`; empty if no cell changed. `first`: how the first number is
 * written, without the word in a column that has it in its title.
 */
export function changeCounts({ gained, changed, lost }: CellCounts, first = waysIn): string {
  return Object.entries({ gained, changed, lost })
    .filter(([, n]) => n > 0)
    .map(([change, n], index) => `${(index === 0 ? first : thousands)(n)} ${change}`)
    .join(', ');
}
