import type { FixChange } from '../findings/fix.ts';
import { compileAccount } from '../matrix/account/account.ts';
import { gatingTagKeys } from '../matrix/account/gating-tags.ts';
import { remembered } from '../memory/remembered.ts';
import type { PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';
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
  /** against the account that changes are asked of */
  readonly tally: Tally;
  /** only a matrix that was built anew told it */
  readonly isRebuilt: boolean;
}

/** An account that changes are asked of. */
interface Asked {
  readonly whatIf: WhatIf;
  readonly counting: Counting;
  readonly known: Map<string, Proof | null>;
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
  readonly #isProduction: IsProduction;
  readonly #first: Asked;
  /** policies that changes make, each once: what two changes make alike is one and the same */
  readonly #made = new Map<string, PolicyRecord>();
  readonly #own: ReadonlySet<PolicyRecord>;
  readonly #gating: ReadonlySet<string>;
  readonly #isSmall: boolean;
  readonly #most: number;
  #asked: Asked;
  #rebuilds: number;

  constructor(snapshot: Snapshot, isProduction: IsProduction) {
    this.snapshot = snapshot;
    this.places = placesIn(snapshot);
    this.#isProduction = isProduction;
    this.#own = new Set(snapshot.policies);
    this.#first = this.#askedOf(snapshot, new WhatIf(snapshot));
    this.#asked = this.#first;
    this.counting = this.#first.counting;
    const { principals, instances } = this.matrix;
    const size = principals.length * instances.length;
    this.#most = Math.max(LEAST, Math.floor(MOST_REBUILT / (size + EACH)));
    this.#rebuilds = this.#most;
    this.#isSmall = size <= SMALL;
    this.#gating = new Set(gatingTagKeys(compileAccount(snapshot)));
  }

  /** Does a policy already ask for this tag of an instance? In a small account any may, as all of it is built anew. */
  gates(key: string): boolean {
    return this.#isSmall || this.#gating.has(key);
  }

  /**
   * From here on changes are told against the account with these, so that what only a matrix built anew could tell of
   * them is not asked again with each that follows. They are still about the account as it was.
   */
  stand({ change }: Proof): void {
    const after = this.#after(change);
    this.#asked = this.#askedOf(after, this.#asked.whatIf.after(after));
  }

  /** Back to the account as it is; from here on as many may be built anew as in the beginning. */
  restart(): void {
    this.#asked = this.#first;
    this.#rebuilds = this.#most;
  }

  get matrix() {
    return this.#first.whatIf.matrix;
  }

  /**
   * Null: the edits cannot be made, or only a matrix built anew would tell and there have been enough of these. What may
   * be built anew is bounded, as a large account takes seconds each time.
   */
  prove(edits: readonly Edit[]): Proof | null {
    const key = JSON.stringify(edits);
    const { known } = this.#asked;
    const told = known.get(key);
    if (told !== undefined) return told;
    const proof = this.#prove(edits);
    known.set(key, proof);
    return proof;
  }

  #prove(edits: readonly Edit[]): Proof | null {
    const change = changesOf(this.places, edits);
    if (!change || change.length === 0) return null;
    const after = this.#after(change);
    const { whatIf, counting } = this.#asked;
    const told = whatIf.account(after);
    const changes = told ?? this.#rebuilt(after);
    return changes && { edits, change, tally: counting.tally(changes), isRebuilt: told === null };
  }

  #after(change: readonly FixChange[]): Snapshot {
    const after = applyChanges(this.snapshot, change as Parameters<typeof applyChanges>[1]);
    const policies = after.policies.map((one) =>
      this.#own.has(one) ? one : remembered(this.#made, JSON.stringify(one), () => one),
    );
    return { ...after, policies };
  }

  #rebuilt(after: Snapshot) {
    if (this.#rebuilds === 0) return null;
    this.#rebuilds -= 1;
    return this.#asked.whatIf.rebuilt(after);
  }

  #askedOf(snapshot: Snapshot, whatIf: WhatIf): Asked {
    return { whatIf, counting: new Counting(snapshot, whatIf.matrix, this.#isProduction), known: new Map() };
  }
}
