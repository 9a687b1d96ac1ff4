import type { FixCause } from './cause.ts';
import type { Edit } from './edit.ts';
import type { Candidate } from './forms.ts';
import {
  closesEnough,
  type LookedAt,
  looksAt,
  type Proposal,
  type Proposing,
  proposalFor,
  proved,
} from './propose.ts';
import type { Proof } from './prover.ts';

/** A proposal, and all the changes before it. */
export interface RankedProposal extends Proposal {
  readonly before: Proof | null;
}

/** A cause that waits to be chosen. */
interface Waiting {
  readonly cause: FixCause;
  /** it takes away as much: as far as was seen, no more */
  readonly value: number;
  /** the choice for which that was looked at */
  readonly round: number;
  /** what is likely to be proposed; undefined: nothing was looked at */
  readonly candidate?: Candidate;
  /** what cannot be proved, by what it says */
  readonly refused: ReadonlySet<string>;
  readonly proposal?: Proposal;
}

/** Causes that are looked at: those on which the most rests. */
const MOST_CAUSES = 40;

/**
 * The changes that take away the most root access of people to production, one after the other: of all causes the one
 * whose proposal takes away the most after those chosen before it. What rests on a cause bounds what it can take away,
 * and what it took away when it was last looked at is taken for a bound later, so that few are looked at for each choice,
 * and only what is likely to be chosen is proved by a matrix that is built anew.
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
    // what follows is asked of the account with it
    if (chosen.length < count) prover.stand(best.proof);
  }
  return chosen;
}

interface Choice {
  /** how many there are, and which of them this is */
  readonly count: number;
  readonly at: number;
  /** what those before it change */
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

  /** Looks closer at whichever promises most, until that is proved. */
  best(): Proposal | null {
    for (;;) {
      const [first, ...others] = this.#waiting.toSorted((a, b) => b.value - a.value);
      if (first === undefined) return null;
      if (first.round === this.#choice.at && first.proposal) return first.proposal;
      const closer = first.round === this.#choice.at ? this.#proved(first) : this.#lookedAt(first);
      this.#waiting = closer === null ? others : [closer, ...others];
    }
  }

  left(chosen: FixCause): readonly Waiting[] {
    return this.#waiting.filter(({ cause }) => cause !== chosen);
  }

  #lookedAt(one: Waiting): Waiting | null {
    const { prover } = this.#proposing;
    const { cause, refused } = one;
    const { before, at, count } = this.#choice;
    const looks = [...this.#looks(one)];
    // of equal ones the first leaves the most
    const [likely] = looks.toSorted((a, b) => removes(b) - removes(a));
    if (likely && removes(likely) > 0)
      return { cause, refused, value: removes(likely), round: at, candidate: likely.candidate };
    // what is only known to a matrix that is built anew is asked while there are more of these than choices
    const isBlind = looks.some(({ looked }) => looked.proof === null) && prover.left > count - at;
    const proposal = isBlind ? proposalFor(this.#proposing, cause, before) : null;
    return proposal && withProposal({ cause, refused, round: at, value: 0 }, proposal);
  }

  /** Candidates that may do, to the first that does enough. */
  *#looks({ cause, candidate: known, refused }: Waiting): Generator<LookedAt> {
    for (const one of looksAt(this.#proposing, cause, this.#choice.before, known)) {
      const { tally, proof } = one.looked;
      if (refused.has(one.candidate.says) || (proof && proof.tally.adds > 0)) continue;
      yield one;
      if (tally && closesEnough(cause, one.candidate, tally)) return;
    }
  }

  #proved(one: Waiting): Waiting | null {
    const { cause, candidate, refused } = one;
    const proposal = candidate && proved(this.#proposing.prover, cause, candidate, this.#choice.before);
    if (proposal) return withProposal(one, proposal);
    // as it was before anything was looked at
    return candidate
      ? { cause, value: one.value, round: -1, refused: new Set([...refused, candidate.says]) }
      : null;
  }
}

const removes = ({ looked }: LookedAt): number => looked.tally?.removesRoot ?? 0;

function withProposal(one: Waiting, proposal: Proposal): Waiting | null {
  const value = proposal.proof.tally.removesRoot;
  return value <= 0 ? null : { ...one, value, candidate: proposal.candidate, proposal };
}
