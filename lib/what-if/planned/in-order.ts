import type { PlannedChange } from './planned-change.ts';

/** Plans list resources by name: what is created comes before what refers to it, and deletions come last. */
export const inOrder = (changes: readonly PlannedChange[]): readonly PlannedChange[] =>
  changes.toSorted((a, b) => rank(a) - rank(b));

function rank({ type }: PlannedChange): number {
  if (type.startsWith('create-')) return 0;
  if (type === 'put-policy' || type === 'put-instance-profile') return 1;
  return type === 'delete-principal' ? 3 : 2;
}
