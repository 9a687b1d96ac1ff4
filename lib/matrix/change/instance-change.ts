import type { Instance } from '../../snapshot/snapshot.ts';
import { tagStates } from '../request-keys.ts';

/**
 * The condition keys whose value differs between an instance as it is and as it would be; null: more than its tags
 * does, so that any key may.
 */
export function changedKeys(before: Instance, after: Instance): ReadonlySet<string> | null {
  const { tags: old, ...was } = before;
  const { tags: next, ...is } = after;
  if (JSON.stringify(was) !== JSON.stringify(is)) return null;
  const [a, b] = [tagStates(old), tagStates(next)];
  const keys = [...new Set([...a.keys(), ...b.keys()])];
  return new Set(keys.filter((key) => JSON.stringify(a.get(key)) !== JSON.stringify(b.get(key))));
}
