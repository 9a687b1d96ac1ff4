import type { PathId, Verdict } from '../matrix/paths/cell.ts';
import { opensRoot, opensShell } from './path-facts.ts';
import { NONE, ROOT, SHELL, SHELL_IF, STRENGTHS, UNKNOWN } from './strengths.ts';

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
