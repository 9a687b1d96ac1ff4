import { remembered } from '../memory/remembered.ts';
import type { Problem } from '../policy/problem.ts';
import { placeOf, REGION_CALLS } from '../snapshot/parts.ts';
import type { Instance, RegionSnapshot } from '../snapshot/snapshot.ts';

/**
 * True if the answer of a region shows that the instance is there: the name of an availability zone or a local zone
 * begins with the name of its region.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
 */
export function placements(read: readonly RegionSnapshot[]): (id: string, region: string) => boolean {
  const placed = new Map<string, ReadonlySet<string>>();
  return (id, region) => remembered(placed, region, () => placedIn(read, region)).has(id);
}

function placedIn(read: readonly RegionSnapshot[], region: string): ReadonlySet<string> {
  const { instances } = read.find((one) => one.region === region) ?? {};
  const here = instances?.filter((one) => isZoneOf(zoneOf(one) ?? '', region));
  return new Set(here?.map(({ id }) => id));
}

const zoneOf = ({ keys }: Instance): string | null => keys?.['ec2:AvailabilityZone'] ?? null;

const isZoneOf = (zone: string, region: string): boolean =>
  zone.startsWith(region) && /^(?:[a-z]$|-)/.test(zone.slice(region.length));

/** The instances whose zone is in another region: their list may be in the wrong folder. */
export function inOtherZones(read: readonly RegionSnapshot[]): readonly Problem[] {
  return read.flatMap(({ region, instances }) => {
    const path = `${placeOf({ call: REGION_CALLS.instances, region })} $`;
    return (instances ?? []).flatMap((one) => {
      const zone = zoneOf(one);
      if (zone === null || isZoneOf(zone, region)) return [];
      const message = `\`${one.id}\` is in ${zone}, which is not in ${region}: is this the answer of another region?`;
      return [{ path, message }];
    });
  });
}
