import type { Fix, RankedFix } from '../findings/fix.ts';
import { thousands } from '../policy/counted.ts';
import { waysIn } from './ways-in.ts';

/** `removes 812 ways in, keeps 40, adds none`; a change that only narrows says so, as does one that is about none. */
export function fixProof({ removes, keeps, narrows, adds }: Fix): string {
  if (removes + narrows + keeps + adds === 0) return "changes nobody's permissions";
  const parts = [
    ...(removes > 0 || narrows === 0 ? [`removes ${waysIn(removes)}, keeps ${thousands(keeps)}`] : []),
    ...(narrows > 0 ? [`narrows ${waysIn(narrows)}`] : []),
    'adds none',
  ];
  return parts.join(', ');
}

/** Why a finding may have another fix than the ranked change at its place. */
export const RANKED_SCOPE =
  'each is for all that its place opens; the fix of a finding is for what that finding says, and may keep more';

/** How many ways in of the most important kind a ranked change closes, of those that the changes before it left. */
export function rankedProof({ removesRoot, leavesRoot }: RankedFix): string {
  const before = removesRoot + leavesRoot;
  return `closes ${thousands(removesRoot)} of ${waysIn(before)} by which people get root on production`;
}
