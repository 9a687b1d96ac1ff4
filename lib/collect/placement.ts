import { remembered } from '../memory/remembered.ts';
import type { RegionSnapshot } from '../snapshot/snapshot.ts';

/**
 * Does the answer that was read in a region say that one of its instances is there? The name of an availability zone, or
 * of a local zone, begins with that of its region.
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
