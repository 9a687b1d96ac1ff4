/**
 * The number of small steps that are left. Some questions take exponential time in the worst case, and
 * policies may be hostile: code that runs out of work says so, or answers with what is known so far.
 */
export interface Work {
  left: number;
}

/** Counts the work down; true when none is left. */
export function spend(work: Work, amount: number): boolean {
  work.left -= amount;
  return isSpent(work);
}

export function isSpent(work: Work): boolean {
  return work.left < 0;
}
