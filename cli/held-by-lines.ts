import type { Cell } from '../lib/matrix/paths/cell.ts';
import { heldByText } from '../lib/render/held-by-text.ts';
import { oneLine } from './messages.ts';

/** Who stands behind the roles of permission sets that these cells are of, a line each below a blank one. */
export function heldByLines(cells: readonly Pick<Cell, 'principal' | 'heldBy'>[]): string {
  const held = new Map(cells.flatMap(({ principal, heldBy }) => (heldBy ? [[principal, heldBy]] : [])));
  const lines = [...held.values()].map((one) => `${oneLine(heldByText(one, MOST_NAMES))}\n`);
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

/** Names that a person reads in a row. */
const MOST_NAMES = 8;
