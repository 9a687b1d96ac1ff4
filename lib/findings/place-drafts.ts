import { type FindingDraft, pairOf } from './draft.ts';
import { MOST_LISTED } from './finding.ts';
import type { PlaceHit } from './rule.ts';
import { bySeverity } from './severities.ts';

/** Hits about places, each place once, with all rules that it breaks. */
export function placeDrafts(hits: Iterable<PlaceHit>): FindingDraft[] {
  // a setting of the account is named after the rule
  const byPlace = Map.groupBy(hits, ({ cause, rule }) =>
    [cause.kind, cause.resource, ...(cause.kind === 'setting' ? [rule.id] : [])].join('\n'),
  );
  return [...byPlace].map(([key, found]) => draftOf(key, found.toSorted(gravestFirst)));
}

function draftOf(key: string, hits: readonly PlaceHit[]): FindingDraft {
  const worst = hits[0] as PlaceHit;
  const holders = worst.holders ?? [];
  const most = (number: (hit: PlaceHit) => number): number => Math.max(...hits.map(number));
  return {
    key,
    name: nameOf(worst),
    pairs: () => hits.flatMap(({ rule, subjects }) => subjects.map((subject) => pairOf(rule.id, subject))),
    finding: {
      rule: worst.rule.id,
      rules: hits.map(({ rule }) => rule.id),
      severity: worst.severity,
      title: worst.title,
      cause: worst.cause,
      holders: holders.slice(0, MOST_LISTED),
      holderCount: holders.length,
      peopleCount: holders.filter(({ kind }) => kind === 'person' || kind === 'outside').length,
      instanceCount: most((hit) => hit.instanceCount),
      productionCount: most((hit) => hit.productionCount),
      paths: [...new Set(hits.flatMap(({ paths = [] }) => paths))].sort(),
      regions: [...new Set(hits.flatMap(({ regions }) => regions))].sort(),
      evidence: [...new Set(hits.flatMap(({ evidence }) => evidence))],
      fix: null,
      remediation: worst.remediation,
    },
  };
}

function gravestFirst(a: PlaceHit, b: PlaceHit): number {
  return bySeverity(a.severity, b.severity) || (a.rule.id < b.rule.id ? -1 : 1);
}

function nameOf({ cause, rule, regions }: PlaceHit): string {
  if (cause.kind === 'region') return regions[0] ?? '';
  return cause.kind === 'setting' || cause.kind === 'coverage' ? rule.id : cause.resource;
}
