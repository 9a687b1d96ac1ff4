import type { FixCause } from './cause.ts';
import type { Edit } from './edit.ts';
import { type Candidate, candidatesFor, type FormContext } from './forms.ts';
import type { Proof, Prover } from './prover.ts';
import type { Tally } from './tally.ts';
import { trustCandidates } from './trust-forms.ts';

/** What is proposed for a cause, with its proof. */
export interface Proposal {
  readonly cause: FixCause;
  readonly candidate: Candidate;
  readonly proof: Proof;
  /** what it closes that what came before it did not */
  readonly gain: Tally;
}

const NOTHING: Tally = { removes: 0, narrows: 0, adds: 0, keeps: 0, removesRoot: 0 };

/** The changes before, which a proposal adds to. */
export interface Standing {
  readonly edits: readonly Edit[];
  readonly tally: Tally;
}

export const START: Standing = { edits: [], tally: NOTHING };

/**
 * The first candidate that closes at least half of what rests on the cause, and adds nothing; else the one that closes
 * the most. Of root access of people to production where there is any, else of all cells. Null: nothing closes anything.
 */
export function proposalFor(
  prover: Prover,
  context: FormContext,
  cause: FixCause,
  standing: Standing = START,
  candidates: Iterable<Candidate> = candidatesOf(prover, context, cause),
): Proposal | null {
  const closes = ({ removes, narrows, removesRoot }: Tally, { narrows: counts }: Candidate): number =>
    counts ? removes + narrows : cause.rootCells > 0 ? removesRoot : removes;
  const rests = cause.rootCells > 0 ? cause.rootCells : cause.cells;
  let best: Proposal | null = null;
  for (const candidate of candidates) {
    const proof = prover.prove([...standing.edits, ...candidate.edits]);
    if (!proof || proof.tally.adds > 0) continue;
    const gain = gainOf(proof.tally, standing.tally);
    const closed = closes(gain, candidate);
    const proposal = { cause, candidate, proof, gain };
    if (closed > 0 && (candidate.narrows || 2 * closed >= rests)) return proposal;
    if (closed > (best === null ? 0 : closes(best.gain, best.candidate))) best = proposal;
  }
  return best;
}

function candidatesOf({ places }: Prover, context: FormContext, cause: FixCause): Iterable<Candidate> {
  return cause.kind === 'trust' ? trustCandidates(places, cause) : candidatesFor(context, cause);
}

const gainOf = (tally: Tally, before: Tally): Tally => ({
  removes: tally.removes - before.removes,
  narrows: tally.narrows - before.narrows,
  adds: tally.adds - before.adds,
  keeps: tally.keeps,
  removesRoot: tally.removesRoot - before.removesRoot,
});
