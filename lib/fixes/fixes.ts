import { placeName } from '../findings/evidence.ts';
import type { CauseStatement, Finding } from '../findings/finding.ts';
import type { Fix, PolicyChange, RankedFix } from '../findings/fix.ts';
import { worstFirst } from '../findings/order.ts';
import { indexPolicies } from '../findings/statements.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { FixCause } from './cause.ts';
import { Causes } from './causes.ts';
import { commandsOf } from './commands.ts';
import type { FormContext } from './forms.ts';
import { mfaFix } from './mfa-fix.ts';
import { placeFix } from './place-fixes.ts';
import { type Proposal, type Proposing, proposalFor, whyNothing } from './propose.ts';
import { Prover } from './prover.ts';
import { rankedProposals } from './rank.ts';
import type { IsProduction } from './tags.ts';

/** The fixes of an account. */
export interface Fixes {
  /** by id of the finding */
  readonly ofFindings: ReadonlyMap<string, Fix>;
  /** why a finding has no fix, by its id */
  readonly whyNot: ReadonlyMap<string, string>;
  /** the changes that remove the most access, in the order in which to make them */
  readonly ranked: readonly RankedFix[];
}

/** Limits of the work for findings. */
export interface Effort {
  /** number of findings about policies to work on, gravest first */
  readonly findings: number;
  /** principals evaluated in rebuilt matrices, plus a fixed part for each rebuild */
  readonly rebuilt: number;
  /** the same for evaluations without a rebuild: each form that is tried counts all principals */
  readonly estimated: number;
}

/** For a caller that did not ask for fixes and waits. */
export const QUICK: Effort = { findings: 100, rebuilt: 5000, estimated: 150_000 };
/** For a caller that asked for fixes, or does not wait. */
export const PATIENT: Effort = { findings: 400, rebuilt: 25_000, estimated: 1_500_000 };

export interface FixesAsked {
  /** number of changes to rank */
  readonly count: number;
  readonly isProduction: IsProduction;
  /** accounts that may keep what is shared with them */
  readonly knownAccounts: readonly string[];
  readonly effort?: Effort;
  /** called when the changes are ranked, before work on findings starts */
  readonly onRanked?: () => void;
}

/** Finds proved changes for findings, and the changes that remove the most access. */
export function fixesFor(
  snapshot: Snapshot,
  findings: readonly Finding[],
  { count, isProduction, knownAccounts, effort = PATIENT, onRanked = () => {} }: FixesAsked,
): Fixes {
  const prover = new Prover(snapshot, isProduction);
  const causes = new Causes(prover);
  const context: FormContext = { places: prover.places, tags: prover.tags };
  const texts = new FixTexts(prover, findings);
  const accepted = new Set(
    findings
      .filter(({ status }) => status === 'excepted')
      .flatMap(({ cause }) => cause.statements.map(placeOf)),
  );
  const open = causes
    .ofRoot()
    .filter(({ statements }) => !statements.some((one) => accepted.has(placeOf(one))));
  const ranked = rankedProposals({ prover, context }, open, count).map((one, i) => texts.ranked(one, i));
  onRanked();
  prover.restart(effort);
  const fixOf = new FindingFixes({ prover, context, knownAccounts }, causes, texts, effort.findings);
  const ofFindings = new Map<string, Fix>();
  const whyNot = new Map<string, string>();
  for (const finding of findings.filter(isStanding).toSorted(worstFirst)) {
    const fix = fixOf.of(finding);
    if (typeof fix === 'string') whyNot.set(finding.id, fix);
    else ofFindings.set(finding.id, fix);
  }
  return { ofFindings, whyNot, ranked };
}

const isStanding = ({ status }: Finding): boolean => status !== 'resolved' && status !== 'excepted';

interface FindingProposing extends Proposing {
  readonly knownAccounts: readonly string[];
}

/** Fixes for findings, one by one, until the limits are reached. */
class FindingFixes {
  readonly #proposing: FindingProposing;
  readonly #causes: Causes;
  readonly #texts: FixTexts;
  readonly #most: number;
  #count = 0;

  constructor(proposing: FindingProposing, causes: Causes, texts: FixTexts, most: number) {
    this.#proposing = proposing;
    this.#causes = causes;
    this.#texts = texts;
    this.#most = most;
  }

  /** The fix, or why there is none. */
  of(finding: Finding): Fix | string {
    const { kind, statements } = finding.cause;
    const isOfPolicies = kind === 'statement' || kind === 'trust' || finding.rules.includes('NO-MFA');
    if (!isOfPolicies) return placeFix(this.#proposing.prover.snapshot, this.#proposing, finding);
    if (this.#count === this.#most)
      return `not tried this time: only the ${this.#most} most severe findings about policies get fixes`;
    if (this.#proposing.prover.isSpent)
      return `not tried this time: ${this.#count} more severe findings took the work that fixes get in an account of this size`;
    this.#count += 1;
    if (kind === 'setting') return mfaFix(this.#proposing.prover, finding);
    const cause = this.#causes.ofFinding(finding);
    if (!cause)
      return statements.length === 0
        ? 'it opens nothing, so that nothing is to be closed: see what to do'
        : 'a statement of it is a Deny, or was not read: a fix never touches one';
    const proposal = proposalFor(this.#proposing, cause);
    return proposal ? this.#texts.fix(proposal, proposal.proof.change) : whyNothing(this.#proposing, cause);
  }
}

const placeOf = ({ policy, statement }: CauseStatement): string => `${policy}\n${statement}`;

class FixTexts {
  readonly #prover: Prover;
  readonly #policies: ReturnType<typeof indexPolicies>;
  readonly #byPlace = new Map<string, Set<string>>();
  #left: number;

  constructor(prover: Prover, findings: readonly Finding[]) {
    this.#prover = prover;
    this.#policies = indexPolicies(prover.snapshot);
    this.#left = prover.counting.root;
    for (const { id, cause, status } of findings) {
      if (status === 'resolved') continue;
      for (const { policy, statement } of cause.statements) {
        const ids = this.#byPlace.get(`${policy}\n${statement}`) ?? new Set<string>();
        this.#byPlace.set(`${policy}\n${statement}`, ids.add(id));
      }
    }
  }

  fix({ cause, candidate, proof: { tally } }: Proposal, change: readonly PolicyChange[]): Fix {
    return {
      says: `${this.#place(cause)}: ${candidate.says}`,
      change,
      removes: tally.removes,
      keeps: tally.keeps,
      adds: 0,
      narrows: tally.narrows,
      commands: commandsOf(change, this.#prover.snapshot.identityCenter),
    };
  }

  ranked(proposal: Proposal & { readonly before: Proposal['proof'] | null }, index: number): RankedFix {
    const { cause, proof, before } = proposal;
    const { removesRoot } = proof.tally;
    const known = new Set((before?.change ?? []).map((one) => JSON.stringify(one)));
    const own = proof.change.filter((one) => !known.has(JSON.stringify(one)));
    this.#left -= removesRoot;
    const ids = cause.statements.flatMap(({ policy, statement }) => [
      ...(this.#byPlace.get(`${policy}\n${statement}`) ?? []),
    ]);
    return {
      rank: index + 1,
      ...this.fix(proposal, own),
      cause: this.#causeOf(cause),
      removesRoot,
      leavesRoot: this.#left,
      findings: [...new Set(ids)],
    };
  }

  #causeOf({ kind, statements }: FixCause): RankedFix['cause'] {
    const policy = statements[0]?.policy ?? '';
    const resource = this.#prover.places.roleOf(policy)?.arn ?? policy;
    return { kind, resource, statements };
  }

  #place({ statements }: FixCause): string {
    const [first, ...others] = statements;
    if (!first) return '';
    const like = others.length === 0 ? '' : ` and ${others.length} like it`;
    return `${placeName({ policies: this.#policies }, first)}${like}`;
  }
}
