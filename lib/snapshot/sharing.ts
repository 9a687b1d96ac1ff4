import { LIST_KEYS } from './delta.ts';
import type { Snapshot } from './snapshot.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * The snapshot with everything that is equal in another one of the account taken from there. Two readings of
 * one account then need little more memory than one.
 */
export function sharedWith(other: Snapshot, snapshot: Snapshot): Snapshot {
  const known = new Map(other.regions.map((region) => [region.region, region]));
  const regions = snapshot.regions.map((region) => withShared(region, known.get(region.region)));
  return { ...withShared(snapshot, other), regions };
}

/** Items of lists are found by their key, at any position. */
function withShared<T extends object>(value: T, like: T | undefined): T {
  if (like === undefined) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const same = (like as Members)[name];
    const keyOf = Object.hasOwn(LIST_KEYS, name) ? (LIST_KEYS[name] as (item: object) => string) : null;
    if (keyOf && Array.isArray(member) && Array.isArray(same))
      return [name, sharedItems(member, same, keyOf)];
    return [name, isEqual(member, same) ? same : member];
  });
  return Object.fromEntries(members) as T;
}

function sharedItems(
  items: readonly object[],
  others: readonly object[],
  keyOf: (item: object) => string,
): readonly object[] {
  const known = new Map(others.map((other) => [keyOf(other), other]));
  return items.map((item) => {
    const other = known.get(keyOf(item));
    if (other === undefined) return item;
    return isEqual(item, other) ? other : withEqualMembers(item, other);
  });
}

function withEqualMembers(item: object, other: object): object {
  const members = Object.entries(item).map(([name, member]) => {
    const same = (other as Members)[name];
    return [name, isEqual(member, same) ? same : member];
  });
  return Object.fromEntries(members);
}

/** For JSON values: equal texts, with members in the same order. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  const others = Object.keys(b);
  if (names.length !== others.length) return false;
  return names.every(
    (name, at) => name === others[at] && isEqual((a as Members)[name], (b as Members)[name]),
  );
}
