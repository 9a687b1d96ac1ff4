import { count } from '../policy/counted.ts';
import type { FixCause } from './cause.ts';
import type { Edit } from './edit.ts';
import { type Candidate, candidatesFor, type FormContext, pathsAlone } from './forms.ts';
import type { Estimate, Proof, Prover } from './prover.ts';
import type { ChangeTally } from './tally.ts';
import { trustCandidates } from './trust-forms.ts';

/** A proposal for a cause, with its proof. */
export interface Proposal {
  readonly cause: FixCause;
  readonly candidate: Candidate;
  readonly proof: Proof;
}

/** What proposals are made from and proved with. */
export interface Proposing {
  readonly prover: Prover;
  readonly context: FormContext;
}

/** A candidate, and its effect as far as it is cheap to compute. */
export interface Tried {
  readonly candidate: Candidate;
  readonly estimate: Estimate;
}

/** Earlier changes, to which a proposal is added. */
type Before = readonly Edit[];

/**
 * The first candidate that closes at least half of what depends on the cause and adds nothing; else the one that closes
 * the most. It counts people's root access to production if there is any, else all cells. Candidates that need a new
 * matrix are proved only if they are likely to close the most; if none seems to close anything, the last two are, which
 * close no less than those before them. Null: nothing closes anything.
 */
export function proposalFor(proposing: Proposing, cause: FixCause, before: Before = []): Proposal | null {
  const { prover } = proposing;
  let best: Proposal | null = null;
  const unsure: Tried[] = [];
  for (const one of tries(proposing, cause, before)) {
    const { candidate, estimate } = one;
    if (estimate.proof === null && !(estimate.tally && closesEnough(cause, candidate, estimate.tally))) {
      unsure.push(one);
      continue;
    }
    const proposal = provedAtAll(prover, cause, candidate, before);
    if (isEnough(proposal)) return proposal;
    best = better(best, proposal);
  }
  for (const candidate of worthProof(cause, unsure, closes(best))) {
    const proposal = provedAtAll(prover, cause, candidate, before);
    if (isEnough(proposal)) return proposal;
    best = better(best, proposal);
  }
  return best ?? withoutSiblings(proposing, cause, before);
}

/** If no form could be judged, or none closes anything: the paths of the finding alone, if that needs no new matrix. */
function withoutSiblings({ prover, context }: Proposing, cause: FixCause, before: Before): Proposal | null {
  if (cause.kind === 'trust') return null;
  const [candidate] = pathsAlone(context, cause);
  const isKnown = candidate && prover.estimate([...before, ...candidate.edits])?.proof;
  return isKnown ? provedAtAll(prover, cause, candidate, before) : null;
}

function worthProof(cause: FixCause, unsure: readonly Tried[], closed: number): readonly Candidate[] {
  const guessed = ({ candidate, estimate }: Tried): number =>
    estimate.tally ? closedBy(cause, candidate, estimate.tally) : 0;
  const most = unsure.toSorted((a, b) => guessed(b) - guessed(a))[0];
  const some = [...(most && guessed(most) > closed ? [most] : []), ...unsure.slice(-2)];
  return [...new Set(some)].map(({ candidate }) => candidate);
}

/** All possible candidates, one after another, or only `only`. */
export function* tries(
  proposing: Proposing,
  cause: FixCause,
  before: Before,
  only?: Candidate,
): Generator<Tried> {
  const { prover } = proposing;
  for (const candidate of only ? [only] : candidatesOf(proposing, cause)) {
    const estimate = prover.estimate([...before, ...candidate.edits]);
    if (estimate) yield { candidate, estimate };
  }
}

const candidatesOf = ({ prover, context }: Proposing, cause: FixCause): Iterable<Candidate> =>
  cause.kind === 'trust' ? trustCandidates(prover.places, cause) : candidatesFor(context, cause);

/** Null: it cannot be proved, adds something, or closes nothing of what counts most. */
export function proved(
  prover: Prover,
  cause: FixCause,
  candidate: Candidate,
  before: Before,
): Proposal | null {
  const proposal = provedAtAll(prover, cause, candidate, before);
  return closes(proposal) > 0 ? proposal : null;
}

/** The same, without requiring that it closes anything. */
function provedAtAll(prover: Prover, cause: FixCause, candidate: Candidate, before: Before): Proposal | null {
  const proof = prover.prove([...before, ...candidate.edits]);
  if (!proof || proof.tally.adds > 0) return null;
  const proposal = { cause, candidate, proof };
  return closes(proposal) > 0 || proof.tally.removes > 0 ? proposal : null;
}

/** Why nothing is proposed for a cause; call it right after the attempt. */
export function whyNothing(proposing: Proposing, cause: FixCause): string {
  const { prover } = proposing;
  const tried = [...tries(proposing, cause, [])];
  if (tried.length === 0)
    return 'no form of a fix can be made of it: it would touch a Deny, or be longer than IAM takes';
  const open = tried.filter(({ candidate }) => !prover.isExact(candidate.edits));
  const judged = tried.filter((one) => !open.includes(one));
  return [...whyRefused(judged), ...whyOpen(open)].join('; ');
}

function whyRefused(judged: readonly Tried[]): readonly string[] {
  if (judged.length === 0) return [];
  const adding = judged.filter(({ estimate }) => (estimate.proof?.tally.adds ?? 0) > 0);
  const all = count(judged.length, 'change was', 'changes were');
  if (adding.length === judged.length) return [`${all} tried that would open something`];
  const also = adding.length > 0 ? ' or open something' : '';
  return [`${all} tried that close nothing${also}: the same access is open in other ways, too`];
}

/** `whatif` builds a new matrix of any account. */
function whyOpen(open: readonly Tried[]): readonly string[] {
  const [first] = open;
  if (first === undefined) return [];
  const helps = open.length === 1 ? `it helps to ${first.candidate.says}` : `${open.length} changes help`;
  return [
    `only a new matrix tells whether ${helps}, and no more are built in an account of this size: try with \`latchkey whatif\``,
  ];
}

const isEnough = (proposal: Proposal | null): proposal is Proposal =>
  proposal !== null && closesEnough(proposal.cause, proposal.candidate, proposal.proof.tally);

const closes = (one: Proposal | null): number =>
  one === null ? 0 : closedBy(one.cause, one.candidate, one.proof.tally);

function better(best: Proposal | null, other: Proposal | null): Proposal | null {
  const more = closes(other) - closes(best) || removes(other) - removes(best);
  return more > 0 ? other : best;
}

const removes = (one: Proposal | null): number => one?.proof.tally.removes ?? 0;

function closedBy({ rootCells }: FixCause, { narrows }: Candidate, tally: ChangeTally): number {
  if (narrows) return tally.removes + tally.narrows;
  return rootCells > 0 ? tally.removesRoot : tally.removes;
}

export function closesEnough(cause: FixCause, candidate: Candidate, tally: ChangeTally): boolean {
  const closed = closedBy(cause, candidate, tally);
  const rests = cause.rootCells > 0 ? cause.rootCells : cause.cells;
  return closed > 0 && (candidate.narrows === true || 2 * closed >= rests);
}
