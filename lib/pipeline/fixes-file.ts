import type { RankedFix } from '../findings/fix.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { jsonIn } from '../snapshot/json-in.ts';
import { runKey } from './keys.ts';

/** The changes of a run that remove the most access. */
export const fixesFile = 'fixes.json';

/** The ranked changes of a run; none if they were not computed. */
export async function readFixes(
  store: ObjectStore,
  prefix: string,
  run: string,
): Promise<readonly RankedFix[]> {
  const object = await store.get(runKey(prefix, run, fixesFile));
  if (object === null) return [];
  // unreadable changes are left out of the mail: the findings have the same
  const value = jsonIn(object.body);
  return Array.isArray(value) ? (value as readonly RankedFix[]) : [];
}
