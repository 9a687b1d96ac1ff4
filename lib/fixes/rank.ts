import type { FixCause } from './cause.ts';
import type { Edit } from './edit.ts';
import type { Candidate } from './forms.ts';
import {
  closesEnough,
  type Proposal,
  type Proposing,
  proposalFor,
  proved,
  type Tried,
  tries,
} from './propose.ts';
import type { Proof } from './prover.ts';

/** A proposal, and all the changes before it. */
export interface RankedProposal extends Proposal {
  readonly before: Proof | null;
}

/** A cause that may still be chosen. */
interface Waiting {
  readonly cause: FixCause;
  /** an upper bound, as far as known, of what its proposal removes */
  readonly value: number;
  /** the choice for which this was computed */
  readonly round: number;
  /** the likely proposal; undefined: not computed yet */
  readonly candidate?: Candidate;
  /** candidates that cannot be proved, by their text */
  readonly refused: ReadonlySet<string>;
  readonly proposal?: Proposal;
}

/** Number of causes that are examined: those with the most access. */
const MOST_CAUSES = 40;

/**
 * The changes that remove the most root access of people to production, one after another: each choice is the cause
 * whose proposal removes the most after the earlier choices. The access of a cause is an upper bound of what it can
 * remove, and its last known result is used as a bound later, so few causes are examined for each choice, and only
 * likely choices are proved by a new matrix.
 */
export function rankedProposals(
  proposing: Proposing,
  causes: readonly FixCause[],
  count: number,
): readonly RankedProposal[] {
  const { prover } = proposing;
  prover.allow(count + Math.ceil(count / 2));
  const chosen: RankedProposal[] = [];
  let waiting: readonly Waiting[] = causes
    .slice(0, MOST_CAUSES)
    .map((cause) => ({ cause, value: cause.rootCells, round: -1, refused: new Set() }));
  while (chosen.length < count) {
    const round = new Round(proposing, waiting, {
      count,
      before: chosen.at(-1)?.proof.edits ?? [],
      at: chosen.length,
    });
    const best = round.best();
    if (best === null) break;
    chosen.push({ ...best, before: chosen.at(-1)?.proof ?? null });
    waiting = round.left(best.cause);
    // further choices are evaluated on the account with this change
    if (chosen.length < count) prover.standOn(best.proof);
  }
  return chosen;
}

interface Choice {
  /** the number of choices, and the index of this one */
  readonly count: number;
  readonly at: number;
  /** the earlier changes */
  readonly before: readonly Edit[];
}

/** One choice. */
class Round {
  readonly #proposing: Proposing;
  readonly #choice: Choice;
  #waiting: readonly Waiting[];

  constructor(proposing: Proposing, waiting: readonly Waiting[], choice: Choice) {
    this.#proposing = proposing;
    this.#choice = choice;
    this.#waiting = waiting;
  }

  /** Examines the most promising cause more closely, until its proposal is proved. */
  best(): Proposal | null {
    for (;;) {
      const [first, ...others] = this.#waiting.toSorted((a, b) => b.value - a.value);
      if (first === undefined) return null;
      if (first.round === this.#choice.at && first.proposal) return first.proposal;
      const closer = first.round === this.#choice.at ? this.#proved(first) : this.#estimated(first);
      this.#waiting = closer === null ? others : [closer, ...others];
    }
  }

  left(chosen: FixCause): readonly Waiting[] {
    return this.#waiting.filter(({ cause }) => cause !== chosen);
  }

  #estimated(one: Waiting): Waiting | null {
    const { prover } = this.#proposing;
    const { cause, refused } = one;
    const { before, at, count } = this.#choice;
    const tried = [...this.#tries(one)];
    // of equal ones the first keeps the most access
    const [likely] = tried.toSorted((a, b) => removes(b) - removes(a));
    if (likely && removes(likely) > 0)
      return { cause, refused, value: removes(likely), round: at, candidate: likely.candidate };
    // candidates that need a new matrix are tried while more matrices are allowed than choices are left
    const isBlind = tried.some(({ estimate }) => estimate.proof === null) && prover.rebuildsLeft > count - at;
    const proposal = isBlind ? proposalFor(this.#proposing, cause, before) : null;
    return proposal && withProposal({ cause, refused, round: at, value: 0 }, proposal);
  }

  /** Possible candidates, up to the first that closes enough. */
  *#tries({ cause, candidate: known, refused }: Waiting): Generator<Tried> {
    for (const one of tries(this.#proposing, cause, this.#choice.before, known)) {
      const { tally, proof } = one.estimate;
      if (refused.has(one.candidate.says) || (proof && proof.tally.adds > 0)) continue;
      yield one;
      if (tally && closesEnough(cause, one.candidate, tally)) return;
    }
  }

  #proved(one: Waiting): Waiting | null {
    const { cause, candidate, refused } = one;
    const proposal = candidate && proved(this.#proposing.prover, cause, candidate, this.#choice.before);
    if (proposal) return withProposal(one, proposal);
    // the state before anything was examined
    return candidate
      ? { cause, value: one.value, round: -1, refused: new Set([...refused, candidate.says]) }
      : null;
  }
}

const removes = ({ estimate }: Tried): number => estimate.tally?.removesRoot ?? 0;

function withProposal(one: Waiting, proposal: Proposal): Waiting | null {
  const value = proposal.proof.tally.removesRoot;
  return value <= 0 ? null : { ...one, value, candidate: proposal.candidate, proposal };
}
