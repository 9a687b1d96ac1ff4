import { placeName } from '../findings/evidence.ts';
import type { CauseStatement, Finding } from '../findings/finding.ts';
import type { Fix, RankedFix } from '../findings/fix.ts';
import { worstFirst } from '../findings/order.ts';
import { indexPolicies } from '../findings/statements.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { FixCause } from './cause.ts';
import { Causes } from './causes.ts';
import { commandsOf } from './commands.ts';
import type { FormContext } from './forms.ts';
import { type Proposal, proposalFor } from './propose.ts';
import { Prover } from './prover.ts';
import { rankedProposals } from './rank.ts';
import { fixTags, type IsProduction } from './tags.ts';

/** Everything about what to change in an account. */
export interface Fixes {
  /** by the id of the finding */
  readonly ofFindings: ReadonlyMap<string, Fix>;
  /** the changes that take away the most, in the order in which to make them */
  readonly ranked: readonly RankedFix[];
}

/** Findings that are worked out, the gravest first: each takes some evaluations. */
const MOST_FINDINGS = 100;

/** Works out proved changes for findings, and the `count` changes that take away the most. */
export function fixesFor(
  snapshot: Snapshot,
  findings: readonly Finding[],
  count: number,
  isProduction: IsProduction,
): Fixes {
  const prover = new Prover(snapshot, isProduction);
  const causes = new Causes(prover);
  const context: FormContext = {
    places: prover.places,
    tags: fixTags(snapshot, isProduction, (key) => prover.gates(key)),
  };
  const told = new Telling(prover, findings);
  const accepted = new Set(
    findings
      .filter(({ status }) => status === 'excepted')
      .flatMap(({ cause }) => cause.statements.map(placeOf)),
  );
  const open = causes
    .ofRoot()
    .filter(({ statements }) => !statements.some((one) => accepted.has(placeOf(one))));
  const ranked = rankedProposals({ prover, context }, open, count).map((one, i) => told.ranked(one, i));
  prover.restart();
  const ofFindings = new Map<string, Fix>();
  const standing = findings
    .filter(({ status }) => status !== 'resolved' && status !== 'excepted')
    .toSorted(worstFirst);
  for (const finding of standing.slice(0, MOST_FINDINGS)) {
    const cause = causes.ofFinding(finding);
    const proposal = cause && proposalFor({ prover, context }, cause);
    if (proposal) ofFindings.set(finding.id, told.fix(proposal, proposal.proof.change));
  }
  return { ofFindings, ranked };
}

const placeOf = ({ policy, statement }: CauseStatement): string => `${policy}\n${statement}`;

class Telling {
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

  fix({ cause, candidate, proof: { tally } }: Proposal, change: Fix['change']): Fix {
    return {
      says: `${this.#place(cause)}: ${candidate.says}`,
      change,
      removes: tally.removes,
      keeps: tally.keeps,
      adds: 0,
      narrows: tally.narrows,
      commands: commandsOf(change),
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
