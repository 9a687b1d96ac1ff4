import { remembered } from '../../memory/remembered.ts';
import { placesOfActions } from '../account/escalation-actions.ts';
import type { Escalation } from '../paths/escalation.ts';
import { inPartition } from '../paths/escalations.ts';

/** A row of the table of escalations, as principals are asked about it. */
export interface AskedRow {
  readonly row: Escalation;
  /** equal for rows with the same requests and the same results */
  readonly name: string;
  /** what a principal's policies must say the same about, as indexes of ESCALATION_ACTIONS */
  readonly actions: readonly number[];
}

/** The rows in a partition: prepared once, since most of them are asked of thousands of principals. */
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
