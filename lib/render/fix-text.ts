import type { Fix, RankedFix } from '../findings/fix.ts';
import { count, thousands } from '../policy/counted.ts';

/** What a text calls an open cell. */
interface CellWords {
  readonly one: string;
  readonly many: string;
  /** the most important access */
  readonly ofPeople: string;
}

/** The terminal counts cells, as the files beside it do. */
const CELLS: CellWords = {
  one: 'cell',
  many: 'cells',
  ofPeople: 'cells in which people have root on production',
};

/** People read page and mail: each open cell is a way in. */
export const WAYS_IN: CellWords = {
  one: 'way in',
  many: 'ways in',
  ofPeople: 'ways in by which people get root on production',
};

/** `removes 812 cells, keeps 40, adds none`; a change that only narrows says so, as does one that is about no cell. */
export function fixProof({ removes, keeps, narrows, adds }: Fix, { one, many } = CELLS): string {
  if (removes + narrows + keeps + adds === 0) return "changes nobody's permissions";
  const parts = [
    ...(removes > 0 || narrows === 0
      ? [`removes ${count(removes, one, many)}, keeps ${thousands(keeps)}`]
      : []),
    ...(narrows > 0 ? [`narrows ${count(narrows, one, many)}`] : []),
    'adds none',
  ];
  return parts.join(', ');
}

/** How many cells of the most important access a ranked change closes, of those that the changes before it left. */
export function rankedProof({ removesRoot, leavesRoot }: RankedFix, { ofPeople } = CELLS): string {
  const before = removesRoot + leavesRoot;
  return `closes ${thousands(removesRoot)} of ${thousands(before)} ${ofPeople}`;
}
