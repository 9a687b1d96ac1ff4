import type { PrincipalKind } from '../matrix/paths/cell.ts';
import { count, thousands } from '../policy/counted.ts';

/** How many principals there are of each kind. */
export type KindCounts = Readonly<Record<PrincipalKind, number>>;

const KINDS: readonly (readonly [kind: PrincipalKind, text: (n: number) => string])[] = [
  ['person', (n) => count(n, 'person', 'people')],
  ['machine', (n) => count(n, 'machine')],
  ['aws', (n) => `${count(n, 'role')} of AWS`],
  ['outside', (n) => `${thousands(n)} from outside`],
];

/** What one principal of a kind is called. */
export const KIND_NAMES: Readonly<Record<PrincipalKind, string>> = {
  person: 'person',
  machine: 'machine',
  aws: 'AWS',
  outside: 'outside',
};

export function kindCounts(kinds: Iterable<PrincipalKind>): KindCounts {
  const counts = { person: 0, machine: 0, aws: 0, outside: 0 };
  for (const kind of kinds) counts[kind] += 1;
  return counts;
}

/**
 * Principals counted by kind, people first: `3 people, 9 machines and 2 roles of AWS`; empty if there are
 * none
 */
export function kindsText(counts: KindCounts): string {
  const parts = KINDS.filter(([kind]) => counts[kind] > 0).map(([kind, text]) => text(counts[kind]));
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
