import type { PathId, Verdict } from '../matrix/paths/cell.ts';
import { opensRoot, opensShell } from './path-facts.ts';

/** The strength of a cell, from nothing to root, as in the matrix and every summary. */
export const STRENGTHS = [
  { letter: '', word: 'no access', css: 'none' },
  { letter: '?', word: 'unknown: a call that decides it is missing', css: 'unknown' },
  { letter: 'c', word: 'conditional, without a shell', css: 'other-if' },
  { letter: 'a', word: 'allowed, without a shell', css: 'other' },
  { letter: 'C', word: 'a shell under a condition', css: 'shell-if' },
  { letter: 'A', word: 'a shell', css: 'shell' },
  { letter: 'R', word: 'root', css: 'root' },
] as const;

export const NONE = 0;
const UNKNOWN = 1;
export const SHELL_IF = 4;
export const SHELL = 5;
export const ROOT = 6;

/** An index into `STRENGTHS`. */
export function strengthOf(path: PathId, verdict: Verdict, landsAs: readonly string[]): number {
  if (verdict === 'denied') return NONE;
  if (verdict === 'unknown') return UNKNOWN;
  const shell = opensShell(path);
  if (verdict === 'conditional') return shell ? SHELL_IF : 2;
  if (opensRoot(path, landsAs)) return ROOT;
  return shell ? SHELL : 3;
}

export function strengthAt(index: number): (typeof STRENGTHS)[number] {
  return STRENGTHS[index] ?? STRENGTHS[0];
}
