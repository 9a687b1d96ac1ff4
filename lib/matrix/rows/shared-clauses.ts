import type { Bits } from '../../evaluator/bits.ts';
import type { Formula } from '../../evaluator/formula.ts';

/** Resources with equal values of some keys. `target`: any of them. */
export interface EqualResources {
  readonly bits: Bits;
  readonly target: number;
  /** the value, if there is one key and it has one value */
  readonly value: string | null;
}

/** Resources by their value of a key. */
export interface ValueIndex {
  readonly byValue: ReadonlyMap<string, Formula>;
  /** resources with at most one value */
  readonly clear: Formula;
  /** resources with two values, since their keys differ only in case: evaluated one by one */
  readonly unclear: readonly EqualResources[];
  /** true if the value is unknown for some resource */
  readonly hasUnknown: boolean;
}

/** Conditions that rows of one service on the same resources share. */
export interface SharedClauses {
  /** by the condition's name */
  readonly fixed: Map<string, Formula>;
  readonly alike: Map<string, readonly EqualResources[]>;
  readonly indexes: Map<readonly EqualResources[], ValueIndex>;
}
