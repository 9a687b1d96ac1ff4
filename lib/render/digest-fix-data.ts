import type { Fix } from '../findings/fix.ts';
import { kept } from './digest-data.ts';
import { byteLength } from './escape.ts';
import { fixProof, rankedProof } from './fix-text.ts';
import type { Report } from './report.ts';

/** Calls of a fix that are shown, each in full or not at all. */
const COMMANDS = 4;
const LONGEST_COMMAND = 1000;

/** The change that removes the most. */
export interface DigestFix {
  readonly accountId: string;
  readonly says: string;
  readonly removesRoot: number;
  readonly proof: string;
  /** empty: there are too many, or too long ones */
  readonly commands: readonly string[];
}

export interface DigestFixes {
  readonly count: number;
  readonly first: DigestFix | null;
}

export const NO_FIXES: DigestFixes = { count: 0, first: null };

/** The commands of a fix, or none: half of them are of no use. */
export function shownCommands(
  { commands }: Pick<Fix, 'commands'>,
  { most, longest } = { most: COMMANDS, longest: LONGEST_COMMAND },
): readonly string[] {
  const isShort = commands.length <= most && commands.every((line) => byteLength(line) <= longest);
  return isShort ? commands : [];
}

export function digestFixes({ accountId, fixes = [] }: Pick<Report, 'accountId' | 'fixes'>): DigestFixes {
  const [fix] = fixes.toSorted((a, b) => b.removesRoot - a.removesRoot);
  if (fix === undefined) return NO_FIXES;
  return {
    count: fixes.length,
    first: {
      ...{ accountId, says: kept(fix.says), removesRoot: fix.removesRoot },
      proof: `${rankedProof(fix)}; ${fixProof(fix)}`,
      commands: shownCommands(fix),
    },
  };
}

export function joinedFixes(a: DigestFixes, b: DigestFixes): DigestFixes {
  const isFirst = (a.first?.removesRoot ?? -1) >= (b.first?.removesRoot ?? -1);
  return { count: a.count + b.count, first: isFirst ? a.first : b.first };
}
