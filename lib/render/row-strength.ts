import type { DriftGroup } from '../drift/drift.ts';
import { NONE, strengthOf } from './strength.ts';

/** What gives most comes first, and of rows that give as much the one that says as whom. */
export function byStrength(a: DriftGroup, b: DriftGroup): number {
  return gives(b) - gives(a) || Number(isVague(a)) - Number(isVague(b));
}

function gives({ paths, before, after, change }: DriftGroup): number {
  const state = change === 'lost' ? before : after;
  return Math.max(NONE, ...paths.map((path) => strengthOf(path, state.verdict, state.landsAs)));
}

/** `as the document says` names nobody. */
const isVague = ({ after }: DriftGroup): boolean =>
  after.landsAs.length === 0 || after.landsAs.some((user) => /\s/.test(user));
