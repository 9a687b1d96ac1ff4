import { remembered } from '../memory/remembered.ts';
import type { RegionSnapshot } from '../snapshot/snapshot.ts';

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
  const here = instances?.filter(({ keys }) => isZoneOf(keys?.['ec2:AvailabilityZone'] ?? '', region));
  return new Set(here?.map(({ id }) => id));
}

const isZoneOf = (zone: string, region: string): boolean =>
  zone.startsWith(region) && /^(?:[a-z]$|-)/.test(zone.slice(region.length));
