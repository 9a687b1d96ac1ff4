import type { PrincipalKind } from '../matrix/paths/cell.ts';
import { count, thousands } from './names.ts';

const KINDS: readonly (readonly [kind: PrincipalKind, text: (n: number) => string])[] = [
  ['person', (n) => count(n, 'person', 'people')],
  ['machine', (n) => count(n, 'machine')],
  ['aws', (n) => `${count(n, 'role')} of AWS`],
  ['outside', (n) => `${thousands(n)} from outside`],
];

/** Principals told apart by their kind, people first: `3 people, 9 machines and 2 roles of AWS` */
export function kindsText(kinds: readonly PrincipalKind[]): string {
  const parts = KINDS.map(([kind, text]) => ({ n: kinds.filter((one) => one === kind).length, text }))
    .filter(({ n }) => n > 0)
    .map(({ n, text }) => text(n));
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
