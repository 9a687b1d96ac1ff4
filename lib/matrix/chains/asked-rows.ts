import { remembered } from '../../memory/remembered.ts';
import { placesOfActions } from '../account/escalation-actions.ts';
import type { Escalation } from '../paths/escalation.ts';
import { inPartition } from '../paths/in-partition.ts';

/** A row of the table of escalations, prepared for evaluation. */
export interface AskedRow {
  readonly row: Escalation;
  /** equal for rows with the same requests and the same results */
  readonly name: string;
  /** indexes of ESCALATION_ACTIONS: if policies of principals say the same about these, the answers are equal */
  readonly actions: readonly number[];
}

/**
 * The rows of the table in a partition. They are prepared once, since thousands of principals are evaluated on each.
 */
export class AskedRows {
  readonly #partition: string;
  readonly #known = new Map<Escalation, readonly AskedRow[]>();

  constructor(partition: string) {
    this.#partition = partition;
  }

  of(row: Escalation): readonly AskedRow[] {
    return remembered(this.#known, row, () => inPartition(row, this.#partition).map(askedRow));
  }
}

const askedRow = (row: Escalation): AskedRow => ({
  row,
  name: JSON.stringify([row.becomes, row.requests]),
  actions: placesOfActions(row.requests),
});
