import type { Bits } from '../../evaluator/bits.ts';
import type { Formula } from '../../evaluator/formula.ts';

/** Resources that look alike to some keys: `target` is any one of them. */
export interface Alike {
  readonly bits: Bits;
  readonly target: number;
  /** the value, where a single key was asked for and it has a single value */
  readonly value: string | null;
}

/** What rows of one service on the same resources share. */
export interface SharedClauses {
  /** by the condition's name */
  readonly fixed: Map<string, Formula>;
  readonly alike: Map<string, readonly Alike[]>;
}
