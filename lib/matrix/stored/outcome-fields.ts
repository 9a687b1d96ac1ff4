import type { Outcome } from '../paths/matrix.ts';

/** The members of an outcome, in their stored order. */
const FIELDS = {
  verdict: true,
  condition: true,
  alternative: true,
  landsAs: true,
  via: true,
  grants: true,
  uncertain: true,
  opens: true,
  missing: true,
} as const satisfies Record<keyof Outcome, true>;

export type OutcomeField = keyof typeof FIELDS;

export const OUTCOME_FIELDS = Object.keys(FIELDS) as readonly OutcomeField[];
