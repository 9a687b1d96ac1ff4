import type { PolicyChange } from '../findings/fix.ts';
import { compileAccount } from '../matrix/account/account.ts';
import { gatingTagKeys } from '../matrix/account/gating-tags.ts';
import { rowsOf } from '../matrix/build.ts';
import { remembered } from '../memory/remembered.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';
import { applyChanges } from '../what-if/planned/apply-changes.ts';
import { WhatIf } from '../what-if/what-if.ts';
import { type AccountParts, accountParts, changesOf } from './compose.ts';
import type { Edit } from './edit.ts';
import { plannedLimits } from './limits.ts';
import { type FixTags, fixTags, type IsProduction } from './tags.ts';
import { type ChangeTally, Counting } from './tally.ts';

/** Changes of an account, and their effect on its cells. */
export interface Proof {
  readonly edits: readonly Edit[];
  readonly change: readonly PolicyChange[];
  /** compared with the account that the prover stands on */
  readonly tally: ChangeTally;
}

/** The effect of edits, as far as it is known without a new matrix. */
export interface Estimate {
  /** null: not proved, `tally` is then an estimate; a null `tally`: no estimate either */
  readonly proof: Proof | null;
  readonly tally: ChangeTally | null;
}

/** A state of the account that changes are compared with, and what is already known about them. */
interface State {
  readonly whatIf: WhatIf;
  readonly counting: Counting;
  readonly estimates: Map<string, Estimate | null>;
  readonly proved: Map<string, Proof>;
}

/**
 * The work of rebuilt matrices is counted in principals, plus a fixed part for each rebuild: the time of a
 * rebuild grows with the principals.
 */
const MOST_REBUILT = 5000;
const EACH = 20;
/** so many rebuilds are allowed in any account, however large */
const LEAST = 2;
/** principals times instances of a small account */
const SMALL = 3000;

/** Evaluates an account with changes. Each proof equals the result of two whole matrices. */
export class Prover {
  readonly snapshot: Snapshot;
  readonly places: AccountParts;
  readonly tags: FixTags;
  readonly counting: Counting;
  readonly #isProduction: IsProduction;
  readonly #first: State;
  /** policies after changes, by content: equal ones are one object, so that comparisons are cheap */
  readonly #made = new Map<string, PolicyRecord>();
  readonly #own: ReadonlySet<PolicyRecord>;
  readonly #isSmall: boolean;
  readonly #most: number;
  #state: State;
  #rebuilds: number;
  /** how many more edits may be evaluated without a rebuild; checked between findings only */
  #estimatesLeft = Number.POSITIVE_INFINITY;
  /** the account that was rebuilt last; it is often the next one to stand on */
  #built: { readonly key: string; readonly whatIf: WhatIf } | null = null;

  constructor(snapshot: Snapshot, isProduction: IsProduction) {
    this.snapshot = snapshot;
    this.places = accountParts(snapshot);
    this.#isProduction = isProduction;
    this.#own = new Set(snapshot.policies);
    const account = compileAccount(snapshot);
    this.#isSmall = account.subjects.length * instancesOf(snapshot).length <= SMALL;
    const gating = new Set(gatingTagKeys(account));
    // a small account is rebuilt as a whole, so any key will do
    this.tags = fixTags(snapshot, isProduction, (key) => this.#isSmall || gating.has(key));
    const built = rowsOf(snapshot, [plannedLimits(this.places, this.tags)]);
    this.#first = this.#stateOf(snapshot, new WhatIf(snapshot, built));
    this.#state = this.#first;
    this.counting = this.#first.counting;
    this.#most = Math.max(LEAST, Math.floor(MOST_REBUILT / (this.matrix.principals.length + EACH)));
    this.#rebuilds = this.#most;
  }

  /** How many more matrices may be rebuilt. */
  get rebuildsLeft(): number {
    return this.#rebuilds;
  }

  /**
   * From now on changes are compared with the account after these edits. Edits themselves still apply to the
   * original account.
   */
  standOn({ edits, change }: Proof): void {
    const key = keyOf(edits);
    const isBuilt = this.#built?.key === key;
    const after = this.#after(change);
    const next = isBuilt && this.#built ? this.#built.whatIf : this.#state.whatIf.after(after);
    this.#state = this.#stateOf(after, next);
    this.#built = null;
  }

  /** Allows at least this many rebuilds from now on. */
  allow(count: number): void {
    this.#rebuilds = Math.max(count, this.#most);
  }

  /**
   * Goes back to the original account, with new limits, both in principals: `rebuilt` for rebuilds, `estimated`
   * for evaluations without one.
   */
  restart({ rebuilt, estimated }: { readonly rebuilt: number; readonly estimated: number }): void {
    this.#state = this.#first;
    this.#built = null;
    this.#rebuilds = Math.max(LEAST, Math.floor(rebuilt / (this.matrix.principals.length + EACH)));
    this.#estimatesLeft = Math.ceil(estimated / (this.matrix.principals.length + EACH));
  }

  /**
   * True if the limit of evaluations is reached. It is a count, not a time, so that two runs give the same
   * fixes.
   */
  get isSpent(): boolean {
    return this.#estimatesLeft <= 0;
  }

  /** True if the exact effect of the edits is already known. */
  isExact(edits: readonly Edit[]): boolean {
    const key = keyOf(edits);
    return this.#state.estimates.get(key)?.proof != null || this.#state.proved.has(key);
  }

  get matrix() {
    return this.#first.whatIf.matrix;
  }

  /** The effect of edits at little cost; exact in a small account. Null if the edits are not possible. */
  estimate(edits: readonly Edit[]): Estimate | null {
    const { estimates } = this.#state;
    const key = keyOf(edits);
    const known = estimates.get(key);
    if (known !== undefined) return known;
    this.#estimatesLeft -= 1;
    const estimate = this.#newEstimate(edits);
    estimates.set(key, estimate);
    return estimate;
  }

  #newEstimate(edits: readonly Edit[]): Estimate | null {
    const change = changesOf(this.places, edits);
    if (!change || change.length === 0) return null;
    const after = this.#after(change);
    const { whatIf, counting } = this.#state;
    const exact = whatIf.account(after);
    if (exact === null && this.#isSmall) {
      const proof = this.#rebuilt(edits, change);
      return { tally: proof?.tally ?? null, proof };
    }
    // an estimate shows which edits are worth a rebuild
    const changes = exact ?? (this.#rebuilds > 0 ? whatIf.guess(after) : null);
    const tally = changes && counting.tally(changes);
    return { tally, proof: exact && tally && { edits, change, tally } };
  }

  /**
   * The proved effect of edits. Null if they are not possible, or if only a rebuild would tell and the limit
   * of rebuilds is reached: one takes seconds in a large account.
   */
  prove(edits: readonly Edit[]): Proof | null {
    const estimate = this.estimate(edits);
    if (estimate === null || estimate.proof !== null) return estimate?.proof ?? null;
    const { proved } = this.#state;
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
    const { whatIf, counting } = this.#state;
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

  #stateOf(snapshot: Snapshot, whatIf: WhatIf): State {
    const counting = new Counting(snapshot, whatIf.matrix, this.#isProduction);
    return { whatIf, counting, estimates: new Map(), proved: new Map() };
  }
}

const keyOf = (edits: readonly Edit[]): string => JSON.stringify(edits);
