import type { Bits } from '../evaluator/bits.ts';
import type { States } from './cell-state.ts';
import type { Cause } from './drift.ts';
import type { NumberedGroup } from './gather.ts';
import type { AuditNames, Sides } from './sides.ts';

/** The cells that differ between two audits, by cause and class. */
export interface Changes {
  readonly names: AuditNames;
  /** the column of each instance, by its number */
  readonly columnOf: Int32Array;
  /** numbers of the instances of each column */
  readonly columnMembers: readonly (readonly number[])[];
  /** both matrices, and the columns of each of their groups */
  readonly sides: Sides;
  readonly columnsOf: Readonly<Record<'before' | 'after', readonly Bits[]>>;
  readonly states: States;
  /** whether a principal is a person, by its number; its present state, or the last one if it is gone */
  readonly isPerson: (principal: number) => boolean;
  /** whether an instance is production, by its number; its present state, or the last one */
  readonly isProduction: (instance: number) => boolean;
  readonly causes: readonly CauseChanges[];
}

/** What one cause changed. */
export interface CauseChanges {
  /** the same for the same cause, whatever it changed */
  readonly id: string;
  readonly cause: Cause;
  /** names of the things that its inputs are about, without paths */
  readonly names: () => ReadonlySet<string>;
  readonly groups: readonly NumberedGroup[];
}
