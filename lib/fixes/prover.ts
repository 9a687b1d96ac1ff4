import type { FixChange } from '../findings/fix.ts';
import { compileAccount } from '../matrix/account/account.ts';
import { gatingTagKeys } from '../matrix/account/gating-tags.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { applyChanges } from '../what-if/planned/apply-changes.ts';
import { WhatIf } from '../what-if/what-if.ts';
import { changesOf, type Places, placesIn } from './compose.ts';
import type { Edit } from './edit.ts';
import type { IsProduction } from './tags.ts';
import { Counting, type Tally } from './tally.ts';

/** Changes of an account, and what they do to its cells. */
export interface Proof {
  readonly edits: readonly Edit[];
  readonly change: readonly FixChange[];
  readonly tally: Tally;
}

/** Principals times instances that are evaluated anew before the rest is left, with what every time costs besides. */
const MOST_REBUILT = 500_000;
const EACH = 1500;
/** However large the account is, so many changes are. */
const LEAST = 2;
/** Principals times instances of a small account. */
const SMALL = 3000;

/** Evaluates an account with changes; each answer equals that of a matrix that is built anew. */
export class Prover {
  readonly snapshot: Snapshot;
  readonly places: Places;
  readonly counting: Counting;
  readonly #whatIf: WhatIf;
  readonly #known = new Map<string, Proof | null>();
  readonly #gating: ReadonlySet<string>;
  readonly #isSmall: boolean;
  readonly #most: number;
  #rebuilds: number;

  constructor(snapshot: Snapshot, isProduction: IsProduction) {
    this.snapshot = snapshot;
    this.places = placesIn(snapshot);
    this.#whatIf = new WhatIf(snapshot);
    const { principals, instances } = this.matrix;
    const size = principals.length * instances.length;
    this.#most = Math.max(LEAST, Math.floor(MOST_REBUILT / (size + EACH)));
    this.#rebuilds = this.#most;
    this.#isSmall = size <= SMALL;
    this.#gating = new Set(gatingTagKeys(compileAccount(snapshot)));
    this.counting = new Counting(snapshot, this.matrix, isProduction);
  }

  /** Does a policy already ask for this tag of an instance? In a small account any may, as all of it is built anew. */
  gates(key: string): boolean {
    return this.#isSmall || this.#gating.has(key);
  }

  /** From here on as many may be built anew as in the beginning. */
  refill(): void {
    this.#rebuilds = this.#most;
  }

  get matrix() {
    return this.#whatIf.matrix;
  }

  /**
   * Null: the edits cannot be made, or only a matrix built anew would tell and there have been enough of these. What may
   * be built anew is bounded, as a large account takes seconds each time.
   */
  prove(edits: readonly Edit[], mayRebuild = true): Proof | null {
    const key = JSON.stringify([mayRebuild, edits]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const proof = this.#prove(edits, mayRebuild);
    this.#known.set(key, proof);
    return proof;
  }

  #prove(edits: readonly Edit[], mayRebuild: boolean): Proof | null {
    const change = changesOf(this.places, edits);
    if (!change || change.length === 0) return null;
    const after = applyChanges(this.snapshot, change as Parameters<typeof applyChanges>[1]);
    const changes = this.#whatIf.account(after) ?? (mayRebuild ? this.#rebuilt(after) : null);
    return changes && { edits, change, tally: this.counting.tally(changes) };
  }

  #rebuilt(after: Snapshot) {
    if (this.#rebuilds === 0) return null;
    this.#rebuilds -= 1;
    return this.#whatIf.rebuilt(after);
  }
}
