import { askedAt, isAsked, readAt } from './age.ts';
import { mergeSnapshots } from './merge.ts';
import { placeOf, REGION_CALLS, REGION_FIELDS, type RegionField } from './parts.ts';
import { readAfter } from './single-readings.ts';
import type { CoverageEntry, Snapshot } from './snapshot.ts';

/**
 * The call that lists an account's regions: coverage has an entry for it if it failed, and in each region
 * that is left out.
 */
export const REGIONS_CALL = 'ec2.describe-regions';

/**
 * A complete reading of an account combined with the latest snapshot, at the time of its audit. Newer parts
 * of the latest snapshot stay; parts that the reading did not request are left out: a disabled region, a call
 * that is no longer made. Returns the reading itself if nothing comes from the latest.
 */
export function mergeScan(latest: Snapshot, scan: Snapshot): Snapshot {
  const asked = new Set(scan.coverage.map(placeOf));
  const regionsFailed = scan.coverage.find((entry) => entry.call === REGIONS_CALL && isAsked(entry));
  const unasked = latest.coverage.filter((entry) => !asked.has(placeOf(entry)));
  const carried =
    regionsFailed === undefined
      ? []
      : unasked
          .filter(({ region, call }) => region !== null && call !== REGIONS_CALL)
          .map((entry) => failedWith(entry, regionsFailed));
  const isLeftOut = (entry: CoverageEntry): boolean =>
    !asked.has(placeOf(entry)) &&
    askedAt(latest, entry) <= scan.takenAt &&
    !(regionsFailed !== undefined && entry.region !== null);
  const base = without(latest, isLeftOut);
  const whole = { ...scan, coverage: [...scan.coverage, ...carried] };
  if (carried.length === 0 && !takesFrom(base, scan)) return scan;
  const { settings: _, ...merged } = mergeSnapshots(base, whole);
  return scan.settings === undefined ? merged : { ...merged, settings: scan.settings };
}

function failedWith(entry: CoverageEntry, regions: CoverageEntry): CoverageEntry {
  const { status, askedAt: at } = regions;
  const detail = `the list of regions could not be read: ${regions.detail}`;
  return {
    ...entry,
    status,
    detail,
    items: null,
    readAt: null,
    ...(at === undefined ? {} : { askedAt: at }),
  };
}

/** True if any part of the base is newer than the scan's, or replaces one that the scan could not read. */
function takesFrom(base: Snapshot, scan: Snapshot): boolean {
  const own = new Map(scan.coverage.map((entry) => [placeOf(entry), entry]));
  const single = base.regions.some(({ region, instances }) => {
    const list = own.get(placeOf({ call: REGION_CALLS.instances, region }));
    return readAfter(instances, (list && readAt(scan, list)) ?? '').length > 0;
  });
  if (single) return true;
  return base.coverage.some((entry) => {
    const other = own.get(placeOf(entry));
    if (other === undefined) return true;
    if (askedAt(base, entry) > askedAt(scan, other)) return true;
    const [old, now] = [readAt(base, entry), readAt(scan, other)];
    return old !== null && (now === null || old > now);
  });
}

/** The snapshot without the places that are left out. */
function without(snapshot: Snapshot, isLeftOut: (entry: CoverageEntry) => boolean): Snapshot {
  const places = new Set(snapshot.coverage.filter(isLeftOut).map(placeOf));
  if (places.size === 0) return snapshot;
  const coverage = snapshot.coverage.filter((entry) => !places.has(placeOf(entry)));
  const stays = new Set(coverage.map(({ region }) => region));
  const isOut = (field: RegionField, region: string) =>
    places.has(placeOf({ call: REGION_CALLS[field], region }));
  return {
    ...snapshot,
    coverage,
    regions: snapshot.regions
      .filter(({ region }) => stays.has(region))
      .map((one) => ({
        ...one,
        ...Object.fromEntries(
          REGION_FIELDS.filter((field) => isOut(field, one.region)).map((field) => [field, null]),
        ),
      })),
    kept: (snapshot.kept ?? []).filter((kept) => !places.has(placeOf(kept))),
  };
}
