import { placeOf, REGION_CALLS } from '../snapshot/parts.ts';
import type { CoverageEntry, Instance, Snapshot } from '../snapshot/snapshot.ts';
import { callNamed } from './calls.ts';
import { type AnswerPlace, takeInstances } from './instances.ts';
import { type Reading, takeCall } from './reading.ts';

/** Ids per request; for more, the whole list is read. */
const MOST = 100;

/** The previous list with the named instances as they are now, and the list's coverage entry. */
export interface NamedInstances {
  readonly instances: readonly Instance[];
  readonly entry: CoverageEntry;
}

/**
 * Reads some instances of a region individually: a page holds a thousand, and a tag on one of many thousand must not
 * cost a call for each page. The list keeps its age, and each of these instances has its own reading time. Null: not
 * possible, so the list has to be read.
 */
export async function readNamed(
  reading: Reading,
  place: AnswerPlace,
  ids: readonly string[],
  previous: Snapshot,
): Promise<NamedInstances | null> {
  const call = callNamed(REGION_CALLS.instances);
  const { region } = place;
  const entry = previous.coverage.find(
    (one) => placeOf(one) === placeOf({ call: REGION_CALLS.instances, region }),
  );
  const list = previous.regions.find((one) => one.region === region)?.instances ?? null;
  if (list === null || entry?.status !== 'collected' || ids.length === 0 || ids.length > MOST) return null;
  const readAt = reading.clock.now().toISOString();
  const about = { region, argument: [...ids].sort().join(',') };
  const { status, value } = await takeCall(reading, call, about, {
    take: (answer) => ({ value: takeInstances(answer, place), items: null }),
    join: (pages) => pages.flat(),
  });
  const named = new Map(value?.map((one) => [one.id, { ...one, readAt }]));
  // a missing instance may be gone: only the list shows that
  if (status !== 'collected' || !ids.every((id) => named.has(id))) return null;
  return { instances: [...list.filter(({ id }) => !named.has(id)), ...named.values()], entry };
}
