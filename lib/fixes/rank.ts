import type { FixCause } from './cause.ts';
import type { Candidate } from './forms.ts';
import { NOTHING, type Proposal, type Proposing, proposalFor, START, type Standing } from './propose.ts';
import type { Proof } from './prover.ts';

/** A proposal, and all the changes before it. */
export interface RankedProposal extends Proposal {
  readonly before: Proof | null;
}

/** A cause that waits to be chosen: it cannot close more than `most`, as far as was seen. */
interface Waiting {
  readonly cause: FixCause;
  readonly most: number;
  /** what was proposed when it was last asked: only that is proved again */
  readonly candidate?: Candidate;
}

/** Causes that are looked at: those on which the most rests. */
const MOST_CAUSES = 40;

/**
 * The changes that take away the most root access of people to production, one after the other: of all causes the one
 * whose proposal takes away the most after those chosen before it. What rests on a cause bounds what it can take away,
 * and what it took away when it was last asked is taken for a bound later, so that few are evaluated for each choice.
 */
export function rankedProposals(
  proposing: Proposing,
  causes: readonly FixCause[],
  count: number,
): readonly RankedProposal[] {
  const chosen: RankedProposal[] = [];
  let standing: Standing = START;
  let waiting: readonly Waiting[] = causes
    .slice(0, MOST_CAUSES)
    .map((cause) => ({ cause, most: cause.rootCells }));
  while (chosen.length < count && waiting.length > 0) {
    const { best, left } = bestOf(proposing, waiting, standing);
    if (best === null) break;
    chosen.push({ ...best, before: chosen.at(-1)?.proof ?? null });
    const { edits, tally, isRebuilt } = best.proof;
    // what only a matrix built anew tells would have to be built with everything that follows
    if (isRebuilt && chosen.length < count) proposing.prover.stand(best.proof);
    standing = { edits, tally: isRebuilt ? NOTHING : tally };
    waiting = left;
  }
  return chosen;
}

function bestOf(
  proposing: Proposing,
  waiting: readonly Waiting[],
  standing: Standing,
): { readonly best: Proposal | null; readonly left: readonly Waiting[] } {
  let best: Proposal | null = null;
  const asked: Waiting[] = [];
  const sorted = waiting.toSorted((a, b) => b.most - a.most);
  for (const [i, { cause, most, candidate }] of sorted.entries()) {
    if (best && best.gain.removesRoot >= most)
      return { best, left: without([...asked, ...sorted.slice(i)], best) };
    const proposal = proposalFor(proposing, cause, standing, candidate && [candidate]);
    const gain = proposal?.gain.removesRoot ?? 0;
    if (proposal === null || gain <= 0) continue;
    asked.push({ cause, most: gain, candidate: proposal.candidate });
    if (best === null || gain > best.gain.removesRoot) best = proposal;
  }
  return { best, left: without(asked, best) };
}

const without = (waiting: readonly Waiting[], chosen: Proposal | null): readonly Waiting[] =>
  waiting.filter(({ cause }) => cause !== chosen?.cause);
