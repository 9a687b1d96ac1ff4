import type { CompiledClause } from '../../evaluator/conditions/clause.ts';
import type { Formula } from '../../evaluator/formula.ts';
import type { Bits } from './bits.ts';

/** Classes that look alike to some keys: `target` is the resource of any one of them. */
export interface Alike {
  readonly bits: Bits;
  readonly target: number;
  /** the value, where a single key was asked for and it has a single value */
  readonly value: string | null;
}

/** What rows of one service on the same resources share. */
export interface SharedClauses {
  readonly fixed: Map<CompiledClause, Formula>;
  readonly alike: Map<string, readonly Alike[]>;
}
