/**
 * How much of each list is in the page's markup. If something is left out, the page says how many and which
 * file has them.
 */
export const PAGE_LIMITS = {
  gaps: 100,
  problems: 100,
  /** of the summary */
  fixes: 10,
  otherFindings: 5,
  changes: 5,
  people: 10,
} as const;
