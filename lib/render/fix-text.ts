import type { Fix, RankedFix } from '../findings/fix.ts';
import { count, thousands } from '../policy/counted.ts';

/** `removes 812 cells, keeps 40, adds none`; a change that only narrows says so, as does one that is about no cell. */
export function fixProof({ removes, keeps, narrows, adds }: Fix): string {
  if (removes + narrows + keeps + adds === 0) return "changes nobody's permissions";
  const parts = [
    ...(removes > 0 || narrows === 0 ? [`removes ${count(removes, 'cell')}, keeps ${thousands(keeps)}`] : []),
    ...(narrows > 0 ? [`narrows ${count(narrows, 'cell')}`] : []),
    'adds none',
  ];
  return parts.join(', ');
}

/** How many cells of the most important access a ranked change closes, of those that the changes before it left. */
export function rankedProof({ removesRoot, leavesRoot }: RankedFix): string {
  const before = removesRoot + leavesRoot;
  return `closes ${thousands(removesRoot)} of ${thousands(before)} cells in which people have root on production`;
}
