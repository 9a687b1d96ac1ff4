import type { ObjectStore } from '../ports/object-store.ts';
import type { Trend } from '../render/trend.ts';
import { jsonIn } from '../snapshot/json-in.ts';
import { runKey } from './keys.ts';

export const trendFile = 'trend.json';

/** The trend of a run; null if it has none, or an unreadable one: nothing depends on it. */
export async function readTrend(store: ObjectStore, prefix: string, run: string): Promise<Trend | null> {
  const there = await store.get(runKey(prefix, run, trendFile));
  if (there === null) return null;
  const trend = jsonIn(there.body) as Partial<Trend> | null;
  return trend?.schemaVersion === 1 && Array.isArray(trend.points) ? (trend as Trend) : null;
}
