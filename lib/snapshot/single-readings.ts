import type { Instance } from './snapshot.ts';

/** The instances that were read individually after a given time. */
export const readAfter = (instances: readonly Instance[] | null, time: string): readonly Instance[] =>
  instances?.filter(({ readAt }) => readAt !== undefined && readAt > time) ?? [];

/**
 * A list read at a given time, with each instance that was read individually since then replaced by its last
 * reading.
 */
export function withSingleReadings(
  list: readonly Instance[],
  time: string,
  others: readonly (readonly Instance[])[],
): readonly Instance[] {
  const last = new Map<string, Instance>();
  for (const one of [list, ...others].flatMap((instances) => readAfter(instances, time))) {
    const known = last.get(one.id);
    if (known === undefined || (known.readAt ?? '') < (one.readAt ?? '')) last.set(one.id, one);
  }
  if (last.size === 0) return list;
  const kept = list.filter(({ id }) => !last.has(id));
  return [...kept, ...last.values()];
}
