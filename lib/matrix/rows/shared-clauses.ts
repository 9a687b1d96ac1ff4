import type { Bits } from '../../evaluator/bits.ts';
import type { Formula } from '../../evaluator/formula.ts';

/** Resources with equal values of some keys: `target` is any one of them. */
export interface Alike {
  readonly bits: Bits;
  readonly target: number;
  /** the value, if a single key was requested and it has a single value */
  readonly value: string | null;
}

/** Resources by the value that they have for a key. */
export interface ValueIndex {
  readonly byValue: ReadonlyMap<string, Formula>;
  /** resources with at most one value of the key */
  readonly clear: Formula;
  /** resources with two values of keys that differ only by case: evaluated one by one */
  readonly unclear: readonly Alike[];
  /** the value is unknown for some resource */
  readonly hasUnknown: boolean;
}

/** Shared by rows of one service on the same resources. */
export interface SharedClauses {
  /** by the condition's name */
  readonly fixed: Map<string, Formula>;
  readonly alike: Map<string, readonly Alike[]>;
  readonly indexes: Map<readonly Alike[], ValueIndex>;
}
