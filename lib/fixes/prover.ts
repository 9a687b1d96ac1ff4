import type { PolicyChange } from '../findings/fix.ts';
import { compileAccount } from '../matrix/account/account.ts';
import { gatingTagKeys } from '../matrix/account/gating-tags.ts';
import { rowsOf } from '../matrix/build.ts';
import { remembered } from '../memory/remembered.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';
import { applyChanges } from '../what-if/planned/apply-changes.ts';
import { WhatIf } from '../what-if/what-if.ts';
import { changesOf, type Places, placesIn } from './compose.ts';
import type { Edit } from './edit.ts';
import { plannedLimits } from './limits.ts';
import { type FixTags, fixTags, type IsProduction } from './tags.ts';
import { Counting, type Tally } from './tally.ts';

/** Changes of an account, and what they do to its cells. */
export interface Proof {
  readonly edits: readonly Edit[];
  readonly change: readonly PolicyChange[];
  /** against the account that changes are asked of */
  readonly tally: Tally;
}

/** What changes do as far as can be said without building a matrix anew. */
export interface Looked {
  /** it is proved by that; else `tally` is a guess, null where there is none */
  readonly proof: Proof | null;
  readonly tally: Tally | null;
}

/** An account that changes are asked of. */
interface Asked {
  readonly whatIf: WhatIf;
  readonly counting: Counting;
  readonly looked: Map<string, Looked | null>;
  readonly proved: Map<string, Proof>;
}

/**
 * Principals that are evaluated anew, with what every time costs besides, before the rest is left: the time that a matrix
 * takes grows with them.
 */
const MOST_REBUILT = 5000;
const EACH = 20;
/** However large the account is, so many changes are. */
const LEAST = 2;
/** Principals times instances of a small account. */
const SMALL = 3000;

/** Evaluates an account with changes; each answer equals that of a matrix that is built anew. */
export class Prover {
  readonly snapshot: Snapshot;
  readonly places: Places;
  readonly tags: FixTags;
  readonly counting: Counting;
  readonly #isProduction: IsProduction;
  readonly #first: Asked;
  /** policies that changes make, each once: what two changes make alike is one and the same */
  readonly #made = new Map<string, PolicyRecord>();
  readonly #own: ReadonlySet<PolicyRecord>;
  readonly #isSmall: boolean;
  readonly #most: number;
  #asked: Asked;
  #rebuilds: number;
  /** how many more edits may be looked at; nothing stops in the middle of a finding */
  #looks = Number.POSITIVE_INFINITY;
  /** the account that was built anew last: it may be the one that is asked next */
  #built: { readonly key: string; readonly whatIf: WhatIf } | null = null;

  constructor(snapshot: Snapshot, isProduction: IsProduction) {
    this.snapshot = snapshot;
    this.places = placesIn(snapshot);
    this.#isProduction = isProduction;
    this.#own = new Set(snapshot.policies);
    const account = compileAccount(snapshot);
    this.#isSmall = account.subjects.length * instancesOf(snapshot).length <= SMALL;
    const gating = new Set(gatingTagKeys(account));
    // in a small account any may, as all of it is built anew
    this.tags = fixTags(snapshot, isProduction, (key) => this.#isSmall || gating.has(key));
    const built = rowsOf(snapshot, [plannedLimits(this.places, this.tags)]);
    this.#first = this.#askedOf(snapshot, new WhatIf(snapshot, built));
    this.#asked = this.#first;
    this.counting = this.#first.counting;
    this.#most = Math.max(LEAST, Math.floor(MOST_REBUILT / (this.matrix.principals.length + EACH)));
    this.#rebuilds = this.#most;
  }

  /** How many more may be built anew. */
  get left(): number {
    return this.#rebuilds;
  }

  /** From here on changes are told against the account with these. They are still about the account as it was. */
  stand({ edits, change }: Proof): void {
    const key = keyOf(edits);
    const isBuilt = this.#built?.key === key;
    const after = this.#after(change);
    const next = isBuilt && this.#built ? this.#built.whatIf : this.#asked.whatIf.after(after);
    this.#asked = this.#askedOf(after, next);
    this.#built = null;
  }

  /** From here on at least so many changes may be proved by building a matrix anew. */
  allow(count: number): void {
    this.#rebuilds = Math.max(count, this.#most);
  }

  /** Back to the account as it is; from here on so many principals may be evaluated anew or looked at. */
  restart({ rebuilt, looked }: { readonly rebuilt: number; readonly looked: number }): void {
    this.#asked = this.#first;
    this.#built = null;
    this.#rebuilds = Math.max(LEAST, Math.floor(rebuilt / (this.matrix.principals.length + EACH)));
    this.#looks = Math.ceil(looked / (this.matrix.principals.length + EACH));
  }

  /** Was as much looked at as may be? Counted, not timed, so that two runs say the same. */
  get isSpent(): boolean {
    return this.#looks <= 0;
  }

  /** Is it known what edits do, exactly? */
  isJudged(edits: readonly Edit[]): boolean {
    const key = keyOf(edits);
    return this.#asked.looked.get(key)?.proof != null || this.#asked.proved.has(key);
  }

  get matrix() {
    return this.#first.whatIf.matrix;
  }

  /** What can be said of edits at little cost: in a small account everything. Null: they cannot be made. */
  look(edits: readonly Edit[]): Looked | null {
    const { looked } = this.#asked;
    const key = keyOf(edits);
    const known = looked.get(key);
    if (known !== undefined) return known;
    this.#looks -= 1;
    const look = this.#look(edits);
    looked.set(key, look);
    return look;
  }

  #look(edits: readonly Edit[]): Looked | null {
    const change = changesOf(this.places, edits);
    if (!change || change.length === 0) return null;
    const after = this.#after(change);
    const { whatIf, counting } = this.#asked;
    const told = whatIf.account(after);
    if (told === null && this.#isSmall) {
      const proof = this.#rebuilt(edits, change);
      return { tally: proof?.tally ?? null, proof };
    }
    // a guess says what is worth a matrix that is built anew
    const changes = told ?? (this.#rebuilds > 0 ? whatIf.guess(after) : null);
    const tally = changes && counting.tally(changes);
    return { tally, proof: told && tally && { edits, change, tally } };
  }

  /**
   * Null: the edits cannot be made, or only a matrix built anew would tell and there have been enough of these. What may
   * be built anew is bounded, as a large account takes seconds each time.
   */
  prove(edits: readonly Edit[]): Proof | null {
    const look = this.look(edits);
    if (look === null || look.proof !== null) return look?.proof ?? null;
    const { proved } = this.#asked;
    const key = keyOf(edits);
    const known = proved.get(key);
    if (known !== undefined) return known;
    const proof = this.#rebuilt(edits, changesOf(this.places, edits) ?? []);
    if (proof) proved.set(key, proof);
    return proof;
  }

  #rebuilt(edits: readonly Edit[], change: readonly PolicyChange[]): Proof | null {
    if (this.#rebuilds === 0) return null;
    this.#rebuilds -= 1;
    const { whatIf, counting } = this.#asked;
    const next = whatIf.after(this.#after(change));
    this.#built = { key: keyOf(edits), whatIf: next };
    return { edits, change, tally: counting.tally(whatIf.against(next)) };
  }

  #after(change: readonly PolicyChange[]): Snapshot {
    const after = applyChanges(this.snapshot, change as Parameters<typeof applyChanges>[1]);
    const policies = after.policies.map((one) =>
      this.#own.has(one) ? one : remembered(this.#made, JSON.stringify(one), () => one),
    );
    return { ...after, policies };
  }

  #askedOf(snapshot: Snapshot, whatIf: WhatIf): Asked {
    const counting = new Counting(snapshot, whatIf.matrix, this.#isProduction);
    return { whatIf, counting, looked: new Map(), proved: new Map() };
  }
}

const keyOf = (edits: readonly Edit[]): string => JSON.stringify(edits);
