import type { Cell } from '../lib/matrix/paths/cell.ts';
import { heldByText } from '../lib/render/held-by-text.ts';
import { oneLine } from './messages.ts';
import { wordLines } from './records.ts';

/** Groups, and people, of a permission set that a line names. */
export const MOST_NAMES = 8;

/** Who holds the permission sets of these cells, each on lines of `width` below a blank one. */
export function heldByLines(
  cells: readonly Partial<Pick<Cell, 'principal' | 'heldBy'>>[],
  width: number,
): string {
  const held = new Map(cells.flatMap(({ principal, heldBy }) => (heldBy ? [[principal, heldBy]] : [])));
  const lines = [...held.values()].map((one) => {
    const text = wordLines(oneLine(heldByText(one, MOST_NAMES)), width - 2);
    return `${text.join('\n  ')}\n`;
  });
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}
