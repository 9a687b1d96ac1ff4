import type { Problem } from '../policy/problem.ts';
import { placeOf, REGION_CALLS } from './parts.ts';
import type { RegionSnapshot } from './snapshot.ts';

/** What lists of instances have in common. */
type Listed = Pick<RegionSnapshot, 'region' | 'instances'>;

/**
 * The regions with each instance in one of them: an id is never in two regions, so one of two folders was
 * copied. It stays in the region of its availability zone, if known; else in the first region by name.
 */
export function instancesOnce<Region extends Listed>(
  regions: readonly Region[],
  belongs: (id: string, region: string) => boolean,
): { readonly regions: readonly Region[]; readonly problems: readonly Problem[] } {
  const judgedIn = sharedIds(regions);
  if (judgedIn.size === 0) return { regions, problems: [] };
  for (const [id, among] of judgedIn) {
    const [first = '', ...others] = among.toSorted();
    judgedIn.set(id, [[first, ...others].find((region) => belongs(id, region)) ?? first]);
  }
  const problems: Problem[] = [];
  const once = regions.map((region) => {
    const path = `${placeOf({ call: REGION_CALLS.instances, region: region.region })} $`;
    const instances = region.instances?.filter(({ id }) => {
      const [judged = region.region] = judgedIn.get(id) ?? [];
      if (judged === region.region) return true;
      problems.push({ path, message: `left out: \`${id}\` is also in ${judged}, and is judged there` });
      return false;
    });
    return { ...region, instances: instances ?? null };
  });
  return { regions: once, problems };
}

/** The ids that more than one region lists, with these regions. */
function sharedIds(regions: readonly Listed[]): Map<string, readonly string[]> {
  const first = new Map<string, string>();
  const shared = new Map<string, readonly string[]>();
  for (const { region, instances } of regions) {
    for (const { id } of instances ?? []) {
      const known = first.get(id);
      if (known === undefined) first.set(id, region);
      else shared.set(id, [...(shared.get(id) ?? [known]), region]);
    }
  }
  return shared;
}
