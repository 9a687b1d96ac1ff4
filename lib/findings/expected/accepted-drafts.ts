import { quoted } from '../../policy/quoted.ts';
import { accessDrafts } from '../access-causes.ts';
import type { FindingDraft } from '../draft.ts';
import type { Facts } from '../facts.ts';
import { placeDrafts } from '../place-drafts.ts';
import type { AccessHit, PlaceHit } from '../rule.ts';
import type { Accepted } from './expected.ts';
import type { SortedHits } from './sort-hits.ts';

/** A cause that is accepted completely or in part, and by what: exceptions first. */
interface AcceptedDraft {
  readonly draft: FindingDraft;
  readonly by: readonly Accepted[];
}

/** The accepted hits, by their causes. */
export function acceptedDrafts(facts: Facts, accepted: SortedHits['accepted']): readonly AcceptedDraft[] {
  if (accepted.length === 0) return [];
  const by = new Map<string, Accepted[]>();
  const groups = Map.groupBy(accepted, (one) => JSON.stringify(one.by));
  for (const group of groups.values()) {
    const [first] = group as [SortedHits['accepted'][number]];
    for (const { key } of draftsOf(
      facts,
      group.map(({ hit }) => hit),
    ))
      by.set(key, [...(by.get(key) ?? []), first.by]);
  }
  return draftsOf(
    facts,
    accepted.map(({ hit }) => hit),
  ).map((draft) => ({ draft, by: (by.get(draft.key) ?? []).toSorted(exceptionsFirst) }));
}

function draftsOf(facts: Facts, hits: readonly (AccessHit | PlaceHit)[]): readonly FindingDraft[] {
  return [
    ...accessDrafts(
      facts,
      hits.filter((hit) => hit.kind === 'access'),
    ),
    ...placeDrafts(hits.filter((hit) => hit.kind === 'place')),
  ];
}

const exceptionsFirst = (a: Accepted, b: Accepted): number =>
  Number(a.by !== 'exception') - Number(b.by !== 'exception');

/** One draft per cause: if a part of it is still open, the draft says which part is accepted. */
export function withAccepted(
  standing: readonly FindingDraft[],
  accepted: readonly AcceptedDraft[],
): readonly FindingDraft[] {
  if (accepted.length === 0) return standing;
  const partly = new Map(accepted.map((one) => [one.draft.key, one]));
  const stands = new Set(standing.map(({ key }) => key));
  const noted = standing.map((draft) => {
    const one = partly.get(draft.key);
    if (!one) return draft;
    const evidence = [...draft.finding.evidence, ...one.by.map((by) => partSentence(by, one.draft))];
    return { ...draft, finding: { ...draft.finding, evidence } };
  });
  const whole = accepted
    .filter(({ draft }) => !stands.has(draft.key))
    .map(({ draft, by }) => ({ ...draft, finding: { ...draft.finding, accepted: by[0] as Accepted } }));
  return [...noted, ...whole];
}

function partSentence(by: Accepted, { finding }: FindingDraft): string {
  const who = `${finding.holderCount} ${finding.holderCount === 1 ? 'holder' : 'holders'}`;
  if (by.by === 'administrators') return 'not counted: what declared administrators hold through it';
  return `not counted: ${who} of it, accepted by ${quoted(by.owner ?? '')} until ${by.until}`;
}
