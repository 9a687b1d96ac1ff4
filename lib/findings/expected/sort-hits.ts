import type { Facts } from '../facts.ts';
import type { AccessHit, PlaceHit } from '../rule.ts';
import type { Accepted } from './expected.ts';
import type { ExceptionVerdict } from './judge-exceptions.ts';
import { withoutPart } from './scope.ts';
import { isAdministrator } from './who.ts';

/** Open hits, and accepted ones. */
export interface SortedHits {
  readonly access: readonly AccessHit[];
  readonly places: readonly PlaceHit[];
  readonly accepted: readonly { readonly hit: AccessHit | PlaceHit; readonly by: Accepted }[];
}

/** Separates what declared administrators hold: no exception covers it. */
export function apart(facts: Facts, hits: readonly AccessHit[]) {
  const isTheirs = ({ principal }: AccessHit): boolean =>
    isAdministrator(facts.expected, facts.matrix.principals[principal]?.arn ?? '');
  const by: Accepted = { by: 'administrators' };
  return {
    others: hits.filter((hit) => !isTheirs(hit)),
    administrators: hits.filter(isTheirs).map((hit) => ({ hit, by })),
  };
}

/** Separates what exceptions accept from the other hits. */
export function sortHits(
  verdicts: readonly ExceptionVerdict[],
  hits: { readonly access: readonly AccessHit[]; readonly places: readonly PlaceHit[] },
): SortedHits {
  const applying = verdicts.filter(({ state }) => state === 'applies');
  const accepted: { hit: AccessHit | PlaceHit; by: Accepted }[] = [];
  const access = hits.access.flatMap((hit): AccessHit[] => {
    const { left, parts } = split(hit, applying);
    accepted.push(...parts);
    return left === null ? [] : [left];
  });
  const places = hits.places.filter((hit) => {
    const by = applying.find((one) => one.places.includes(hit))?.exception;
    if (by) accepted.push({ hit, by: acceptedBy(by) });
    return by === undefined;
  });
  return { access, places, accepted };
}

/** What exceptions accept of a hit, and the rest. */
function split(hit: AccessHit, applying: readonly ExceptionVerdict[]) {
  const parts: { hit: AccessHit; by: Accepted }[] = [];
  let left: AccessHit | null = hit;
  for (const verdict of applying) {
    const part = verdict.parts.get(hit);
    if (!part || left === null) continue;
    parts.push({ hit: part, by: acceptedBy(verdict.exception) });
    left = withoutPart(left, part);
  }
  return { left, parts };
}

const acceptedBy = ({ owner, reason, ticket, until }: ExceptionVerdict['exception']): Accepted => ({
  ...{ by: 'exception', owner, reason, ticket, until },
});
