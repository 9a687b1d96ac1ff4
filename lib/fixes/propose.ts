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

export const NOTHING: Tally = { removes: 0, narrows: 0, adds: 0, keeps: 0, removesRoot: 0 };

/** The changes before, which a proposal adds to; `tally`: of those that the account asked of is without. */
export interface Standing {
  readonly edits: readonly Edit[];
  readonly tally: Tally;
}

export const START: Standing = { edits: [], tally: NOTHING };

/** What proposals are made of, and proved by. */
export interface Proposing {
  readonly prover: Prover;
  readonly context: FormContext;
}

/**
 * The first candidate that closes at least half of what rests on the cause, and adds nothing; else the one that closes
 * the most. Of root access of people to production where there is any, else of all cells. Null: nothing closes anything.
 */
export function proposalFor(
  proposing: Proposing,
  cause: FixCause,
  standing: Standing = START,
  candidates: Iterable<Candidate> = candidatesOf(proposing, cause),
): Proposal | null {
  let best: Proposal | null = null;
  for (const candidate of candidates) {
    const proposal = proved(proposing.prover, cause, standing, candidate);
    if (proposal === null) continue;
    if (closesEnough(proposal)) return proposal;
    if (closedBy(proposal) > (best === null ? 0 : closedBy(best))) best = proposal;
  }
  return best;
}

function proved(prover: Prover, cause: FixCause, standing: Standing, candidate: Candidate): Proposal | null {
  const proof = prover.prove([...standing.edits, ...candidate.edits]);
  if (!proof || proof.tally.adds > 0) return null;
  return { cause, candidate, proof, gain: gainOf(proof.tally, standing.tally) };
}

function closedBy({ cause, candidate, gain }: Proposal): number {
  if (candidate.narrows) return gain.removes + gain.narrows;
  return cause.rootCells > 0 ? gain.removesRoot : gain.removes;
}

function closesEnough(proposal: Proposal): boolean {
  const { cause, candidate } = proposal;
  const closed = closedBy(proposal);
  const rests = cause.rootCells > 0 ? cause.rootCells : cause.cells;
  return closed > 0 && (candidate.narrows === true || 2 * closed >= rests);
}

const candidatesOf = ({ prover, context }: Proposing, cause: FixCause): Iterable<Candidate> =>
  cause.kind === 'trust' ? trustCandidates(prover.places, cause) : candidatesFor(context, cause);

const gainOf = (tally: Tally, before: Tally): Tally => ({
  removes: tally.removes - before.removes,
  narrows: tally.narrows - before.narrows,
  adds: tally.adds - before.adds,
  keeps: tally.keeps,
  removesRoot: tally.removesRoot - before.removesRoot,
});
