import { type Draft, pairOf } from './draft.ts';
import type { PlaceHit } from './rule.ts';
import { SEVERITIES } from './severity.ts';

/** What was found of places, each place once, whatever rules it breaks. */
export function placeDrafts(hits: Iterable<PlaceHit>): Draft[] {
  const byPlace = Map.groupBy(hits, ({ cause }) => `${cause.kind}\n${cause.resource}`);
  return [...byPlace].map(([key, found]) => draftOf(key, found.toSorted(gravestFirst)));
}

function draftOf(key: string, hits: readonly PlaceHit[]): Draft {
  const worst = hits[0] as PlaceHit;
  const most = (number: (hit: PlaceHit) => number): number => Math.max(...hits.map(number));
  return {
    key,
    name: worst.cause.kind === 'region' ? (worst.regions[0] ?? '') : worst.cause.resource,
    pairs: () => hits.flatMap(({ rule, subjects }) => subjects.map((subject) => pairOf(rule.id, subject))),
    finding: {
      rule: worst.rule.id,
      rules: hits.map(({ rule }) => rule.id),
      severity: worst.severity,
      title: worst.title,
      cause: worst.cause,
      holders: [],
      holderCount: 0,
      peopleCount: 0,
      instanceCount: most((hit) => hit.instanceCount),
      productionCount: most((hit) => hit.productionCount),
      paths: [],
      regions: [...new Set(hits.flatMap(({ regions }) => regions))].sort(),
      evidence: [...new Set(hits.flatMap(({ evidence }) => evidence))],
      fix: null,
      remediation: worst.remediation,
    },
  };
}

function gravestFirst(a: PlaceHit, b: PlaceHit): number {
  return SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || (a.rule.id < b.rule.id ? -1 : 1);
}
