import type { Combined } from '../../evaluator/combine.ts';
import type { Formula } from '../../evaluator/formula.ts';

/** When a request is authorised in all places, and how its layers came out for each resource that will do. */
export interface AskedRow {
  readonly open: Formula;
  readonly slots: readonly AskedSlot[];
}

/** The request on one resource in each place. */
export interface AskedSlot {
  readonly open: Formula;
  readonly combined: Combined;
}

export const CLOSED: AskedRow = { open: false, slots: [] };
