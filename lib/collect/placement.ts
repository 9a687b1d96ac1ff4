import { remembered } from '../memory/remembered.ts';
import { placeOf, REGION_CALLS } from '../snapshot/parts.ts';
import { fieldsOf, text } from './fields.ts';
import type { Reading } from './reading.ts';

/**
 * Does the answer that was read in a region say that one of its instances is there? The name of an availability zone, or
 * of a local zone, begins with that of its region.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
 */
export function placements(reading: Reading): (id: string, region: string) => boolean {
  const placed = new Map<string, ReadonlySet<string>>();
  return (id, region) => remembered(placed, region, () => placedIn(reading, region)).has(id);
}

function placedIn({ found }: Reading, region: string): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { item } of found.get(placeOf({ call: REGION_CALLS.instances, region })) ?? []) {
    const instances = fieldsOf(item)?.Instances;
    for (const one of Array.isArray(instances) ? instances : []) {
      const fields = fieldsOf(one);
      const id = text(fields, 'InstanceId');
      if (id !== null && isZoneOf(text(fieldsOf(fields?.Placement), 'AvailabilityZone') ?? '', region))
        ids.add(id);
    }
  }
  return ids;
}

const isZoneOf = (zone: string, region: string): boolean =>
  zone.startsWith(region) && /^(?:[a-z]$|-)/.test(zone.slice(region.length));
