import { canonicalSnapshot } from './canonical.ts';
import { placeOf } from './parts.ts';
import { parseSnapshot } from './schema.ts';
import { SERVICE_KEYS } from './services.ts';
import { anything, objectOf, oneOf } from './shape.ts';
import type { RegionSnapshot, Snapshot } from './snapshot.ts';

/**
 * The key of the items of a list, by the list's name. A list without a row here is written completely if it
 * differs.
 */
export const LIST_KEYS: Readonly<Record<string, (item: never) => string>> = {
  policies: ({ id }: { id: string }) => id,
  users: ({ arn }: { arn: string }) => arn,
  groups: ({ arn }: { arn: string }) => arn,
  roles: ({ arn }: { arn: string }) => arn,
  instanceProfiles: ({ arn }: { arn: string }) => arn,
  coverage: placeOf,
  kept: (one: { call: string; region: string | null; argument: string | null }) =>
    `${placeOf(one)} ${one.argument ?? ''}`,
  instances: ({ id }: { id: string }) => id,
  securityGroups: ({ id }: { id: string }) => id,
  connectEndpoints: ({ id }: { id: string }) => id,
  managedInstances: ({ id }: { id: string }) => id,
  documents: ({ name }: { name: string }) => name,
  ...SERVICE_KEYS,
};

/** The change of one member: `gone` are keys of removed items, `now` the new or changed items. */
type MemberChange =
  | { readonly gone: readonly string[]; readonly now: readonly unknown[] }
  | { readonly value: unknown }
  | { readonly absent: true };

type Changes = Readonly<Record<string, MemberChange>>;

/** The difference between two snapshots of an account: applied to the first one it gives the second. */
export interface SnapshotDelta {
  readonly schemaVersion: 1;
  readonly members: Changes;
  /** by name; null: the region is gone */
  readonly regions: Readonly<Record<string, Changes | null>>;
}

export function snapshotDelta(before: Snapshot, after: Snapshot): SnapshotDelta {
  const { regions: oldRegions, ...oldMembers } = before;
  const { regions: newRegions, ...newMembers } = after;
  const known = new Map(oldRegions.map((region) => [region.region, region]));
  const now = new Set(newRegions.map(({ region }) => region));
  const gone = oldRegions.filter(({ region }) => !now.has(region)).map(({ region }) => [region, null]);
  const differ = newRegions
    .map((region) => [region.region, changesOf(known.get(region.region) ?? {}, region)] as const)
    .filter(([name, changes]) => !known.has(name) || Object.keys(changes).length > 0);
  return {
    schemaVersion: 1,
    members: changesOf(oldMembers, newMembers),
    regions: Object.fromEntries([...gone, ...differ]),
  };
}

function changesOf(before: object, after: object): Changes {
  const old = before as Readonly<Record<string, unknown>>;
  const now = after as Readonly<Record<string, unknown>>;
  const changes: Record<string, MemberChange> = {};
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const change = changeOf(name, old[name], now[name]);
    if (change !== null) changes[name] = change;
  }
  return changes;
}

function changeOf(name: string, before: unknown, after: unknown): MemberChange | null {
  if (before === after) return null;
  if (after === undefined) return { absent: true };
  const old = byKey(name, before);
  const now = byKey(name, after);
  if (old === null || now === null) {
    return JSON.stringify(before) === JSON.stringify(after) ? null : { value: after };
  }
  const gone = [...old.keys()].filter((key) => !now.has(key));
  const differ = [...now]
    .filter(([key, item]) => JSON.stringify(old.get(key)) !== JSON.stringify(item))
    .map(([, item]) => item);
  return gone.length + differ.length === 0 ? null : { gone, now: differ };
}

/** The items of a list by key; null if it is not such a list, or two items share a key. */
function byKey(name: string, value: unknown): Map<string, unknown> | null {
  const key = Object.hasOwn(LIST_KEYS, name) ? (LIST_KEYS[name] as (item: unknown) => string) : null;
  if (key === null || !Array.isArray(value)) return null;
  const items = new Map(value.map((item: unknown) => [key(item), item]));
  return items.size === value.length ? items : null;
}

const delta = objectOf<SnapshotDelta>({ schemaVersion: oneOf(1), members: anything, regions: anything });

/**
 * The second snapshot, from the first one and the difference. Throws an Error if the delta or the result is
 * invalid: one of the two was damaged, or they do not belong together.
 */
export function applyDelta(before: Snapshot, stored: unknown): Snapshot {
  const wrong = delta(stored);
  if (wrong !== null)
    throw new Error(`this is no change of a snapshot: \`$${wrong.path}\`: ${wrong.message}`);
  const { members, regions } = stored as SnapshotDelta;
  const { regions: old, ...rest } = before;
  const known = new Map<string, object>(old.map((region) => [region.region, region]));
  for (const [name, changes] of Object.entries(regions)) {
    if (changes === null) known.delete(name);
    else known.set(name, changed(known.get(name) ?? {}, changes));
  }
  const after = { ...changed(rest, members), regions: [...known.values()] as RegionSnapshot[] };
  return canonicalSnapshot(parseSnapshot(after));
}

function changed(before: object, changes: Changes): object {
  const after: Record<string, unknown> = { ...before };
  for (const [name, change] of Object.entries(changes)) {
    if ('absent' in change) delete after[name];
    else if ('value' in change) after[name] = change.value;
    else after[name] = changedList(name, after[name], change);
  }
  return after;
}

function changedList(
  name: string,
  before: unknown,
  { gone, now }: { readonly gone: readonly string[]; readonly now: readonly unknown[] },
): unknown[] {
  const items = byKey(name, before);
  if (items === null) throw new Error(`\`${name}\` is not a list whose items have unique keys`);
  for (const key of gone) items.delete(key);
  for (const [key, item] of byKey(name, now) ?? []) items.set(key, item);
  return [...items.values()];
}
