import type { Matrix } from '../matrix/paths/matrix.ts';
import { SetHolders } from '../snapshot/held-by.ts';
import { permissionSetOf } from '../snapshot/permission-set.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { accessDrafts } from './access-causes.ts';
import type { FindingDraft } from './draft.ts';
import { acceptedDrafts, withAccepted } from './expected/accepted-drafts.ts';
import type { Expected } from './expected/expected.ts';
import { judgeExceptions } from './expected/judge-exceptions.ts';
import { apart, sortHits } from './expected/sort-hits.ts';
import { type Facts, gatherFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { carryOver } from './lifecycle.ts';
import { worstFirst } from './order.ts';
import { placeDrafts } from './place-drafts.ts';
import type { AccessHit, PlaceHit } from './rule.ts';
import { exceptionHits } from './rules/exceptions.ts';
import { RULES } from './rules.ts';

/** One audit, and the findings of the one before it. */
export interface FindingsInput {
  readonly snapshot: Snapshot;
  readonly matrix: Matrix;
  readonly previous: readonly Finding[];
  /** ISO 8601: the time of this audit */
  readonly at: string;
  /** what is expected and accepted in the account; left out: nothing */
  readonly expected?: Expected;
  /** the problems of the file of expected access */
  readonly expectedProblems?: readonly string[];
}

export interface Hits {
  readonly access: readonly AccessHit[];
  readonly places: readonly PlaceHit[];
}

/** The results of every rule, accepted or not. */
export function hitsOf(facts: Facts): Hits {
  const access: AccessHit[] = [];
  const places: PlaceHit[] = [];
  for (const rule of RULES) {
    for (const hit of rule.find(facts)) {
      if (hit.kind === 'access') access.push(hit);
      else places.push(hit);
    }
  }
  return { access, places };
}

/**
 * Overly broad or dangerous access by its cause, worst first. Cells are read as groups, never expanded, so
 * the time depends on the number of groups, not on 10,000 principals times 100,000 instances.
 */
export function findFindings({
  snapshot,
  matrix,
  previous,
  at,
  expected,
  expectedProblems = [],
}: FindingsInput): Finding[] {
  const facts = gatherFacts(snapshot, matrix, expected);
  const hits = hitsOf(facts);
  const { others, administrators } = apart(facts, hits.access);
  const verdicts = judgeExceptions(facts, facts.expected, { ...hits, access: others }, at);
  const { access, places, accepted } = sortHits(verdicts, { ...hits, access: others });
  const standing: FindingDraft[] = [
    ...accessDrafts(facts, access),
    ...placeDrafts([...places, ...exceptionHits(facts, verdicts, expectedProblems, RULES)]),
  ];
  const drafts = withAccepted(standing, acceptedDrafts(facts, [...accepted, ...administrators]));
  const holders = new SetHolders(snapshot, MOST_NAMES);
  return carryOver(facts, drafts, previous, at)
    .map((finding) => withHeldBy(finding, holders))
    .sort(worstFirst);
}

/** Names in each list of a finding. */
const MOST_NAMES = 3;

function withHeldBy(finding: Finding, holders: SetHolders): Finding {
  if (finding.holders.every(({ principal }) => permissionSetOf(principal) === null)) return finding;
  const listed = finding.holders.map(({ heldBy: _, ...holder }) => {
    const heldBy = holders.of(holder.principal);
    return heldBy === null ? holder : { ...holder, heldBy };
  });
  return { ...finding, holders: listed };
}
