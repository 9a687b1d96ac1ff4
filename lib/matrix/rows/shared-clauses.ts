import type { Bits } from '../../evaluator/bits.ts';
import type { Formula } from '../../evaluator/formula.ts';

/** Resources with equal values of some keys: `target` is any one of them. */
export interface Alike {
  readonly bits: Bits;
  readonly target: number;
  /** the value, where a single key was asked for and it has a single value */
  readonly value: string | null;
}

/** Resources by the value that they have for a key. */
export interface ValueIndex {
  readonly byValue: ReadonlyMap<string, Formula>;
  /** where the key has at most one value */
  readonly clear: Formula;
  /** with two values of keys that differ by case only: evaluated one by one */
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
