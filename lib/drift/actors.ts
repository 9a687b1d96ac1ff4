import type { CellChange } from './cell-changes.ts';

/** The principal of a changed cell, and the roles and instances on the way of either side. */
export function actorsOf({ principal, before, after }: CellChange): string[] {
  const steps = [...(before?.via ?? []), ...(after?.via ?? [])].filter((step) => step.startsWith('arn:'));
  return [...new Set([principal, ...steps])];
}
