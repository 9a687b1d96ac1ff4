import type { Fix, RankedFix } from '../findings/fix.ts';
import { count, thousands } from './names.ts';

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

/** What a ranked change removes of the most important access, and what is left after it. */
export function rankedProof({ removesRoot, leavesRoot }: RankedFix): string {
  return `removes ${thousands(removesRoot)} of people's root on production, leaves ${thousands(leavesRoot)}`;
}
