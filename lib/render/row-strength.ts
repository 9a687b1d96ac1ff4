import type { DriftGroup } from '../drift/drift.ts';
import { isVague } from './state-text.ts';
import { strengthOf } from './strength.ts';
import { NONE } from './strengths.ts';

/** The strongest access first, and among equal rows the one with a named user. */
export function byStrength(a: DriftGroup, b: DriftGroup): number {
  return gives(b) - gives(a) || Number(isVague(a.after.landsAs)) - Number(isVague(b.after.landsAs));
}

function gives({ paths, before, after, change }: DriftGroup): number {
  const state = change === 'lost' ? before : after;
  return Math.max(NONE, ...paths.map((path) => strengthOf(path, state.verdict, state.landsAs)));
}
