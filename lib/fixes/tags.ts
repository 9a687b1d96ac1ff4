import { instancesOf } from '../snapshot/instances-of.ts';
import type { Instance, Snapshot, Tags } from '../snapshot/snapshot.ts';

/** Whether an instance is production. */
export type IsProduction = (instance: Instance | undefined) => boolean;

/** The tags that fixes can use as conditions. */
export interface FixTags {
  /** tag values that mean production, by key */
  readonly production: readonly (readonly [key: string, values: readonly string[]])[];
  readonly productionArns: readonly string[];
  /** keys on most instances, the most frequent first */
  readonly keys: readonly string[];
  /** keys that most holders and most instances have, the most frequent on instances first */
  readonly shared: (holders: readonly string[]) => readonly string[];
}

/** The number of shared keys that are tried. */
const TRIED = 2;

/**
 * `isGating`: true if a policy already reads the key. A Deny on another key would make writing that tag a new
 * way in, so such keys are not used.
 */
export function fixTags(
  snapshot: Snapshot,
  isProduction: IsProduction,
  isGating: (key: string) => boolean,
): FixTags {
  const instances = instancesOf(snapshot);
  const tagsOf = new Map([...snapshot.users, ...snapshot.roles].map(({ arn, tags }) => [arn, tags]));
  const counts = countsOf(instances.map(({ tags }) => tags));
  const frequent = [...counts]
    .filter(([key, count]) => 2 * count >= instances.length && !/^(name|aws:.*)$/i.test(key) && isGating(key))
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([key]) => key);
  return {
    production: productionTags(instances, isProduction).filter(([key]) => isGating(key)),
    keys: frequent,
    productionArns: instances.filter(isProduction).map(({ arn }) => arn),
    shared: (holders) => {
      const own = countsOf(holders.map((arn) => tagsOf.get(arn) ?? []));
      return frequent.filter((key) => 2 * (own.get(key) ?? 0) >= holders.length).slice(0, TRIED);
    },
  };
}

function countsOf(all: readonly Tags[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const tags of all) for (const { key } of tags) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function productionTags(instances: readonly Instance[], isProduction: IsProduction): FixTags['production'] {
  const found = new Map<string, Set<string>>();
  for (const instance of instances) {
    for (const tag of instance.tags) {
      if (!isProduction({ ...instance, tags: [tag] })) continue;
      const values = found.get(tag.key) ?? new Set();
      found.set(tag.key, values.add(tag.value));
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, values]) => [key, [...values].sort()]);
}
