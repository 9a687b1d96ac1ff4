import { canonicalSnapshot } from './canonical.ts';
import { ASSIGNMENTS_CALL } from './identity-center.ts';
import { placeOf, REGION_CALLS, REGION_FIELDS } from './parts.ts';
import type { CoverageEntry, Snapshot } from './snapshot.ts';

/**
 * A snapshot of an earlier release, with the later answers of calls that this release did not make anywhere. What such
 * a call returns stood before as far as anybody knows, so it is no change. Regions that the snapshot lacks are new.
 */
export function withUnasked(snapshot: Snapshot, later: Snapshot): Snapshot {
  const made = new Set(snapshot.coverage.map(({ call }) => call));
  const read = new Set(snapshot.regions.map(({ region }) => region));
  const isUnasked = ({ call, region }: CoverageEntry): boolean =>
    !made.has(call) && (region === null || read.has(region));
  const unasked = later.coverage.filter(isUnasked);
  if (unasked.length === 0) return snapshot;
  const places = new Set(unasked.map(placeOf));
  const answers = new Map(later.regions.map((one) => [one.region, one]));
  return canonicalSnapshot({
    ...snapshot,
    ...(places.has(ASSIGNMENTS_CALL) && later.identityCenter && { identityCenter: later.identityCenter }),
    regions: snapshot.regions.map((one) => {
      const fields = REGION_FIELDS.filter((field) =>
        places.has(placeOf({ call: REGION_CALLS[field], region: one.region })),
      );
      const answer = answers.get(one.region);
      return { ...one, ...Object.fromEntries(fields.map((field) => [field, answer?.[field] ?? null])) };
    }),
    coverage: [...snapshot.coverage, ...unasked],
    kept: [...(snapshot.kept ?? []), ...(later.kept ?? []).filter((kept) => places.has(placeOf(kept)))],
  });
}
