import { expect, test } from 'vitest';
import { generateAccount } from '../../bench/generate-account.ts';
import { sharedWith } from '../../lib/snapshot/sharing.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';

const copyOf = (snapshot: Snapshot): Snapshot => JSON.parse(JSON.stringify(snapshot));
const account = copyOf(generateAccount({ principals: 20, instances: 30, seed: 3 }));
const instancesIn = (snapshot: Snapshot) => snapshot.regions.flatMap(({ instances }) => instances ?? []);

test('two equal snapshots share every item of their lists', () => {
  const other = copyOf(account);
  const shared = sharedWith(account, other);
  expect(JSON.stringify(shared)).toBe(JSON.stringify(other));
  expect(instancesIn(shared).every((one, at) => one === instancesIn(account)[at])).toBe(true);
  expect(shared.policies.every((one, at) => one === account.policies[at])).toBe(true);
  // a list belongs to its snapshot's region, for which others cache results
  expect(shared.regions[0]).not.toBe(account.regions[0]);
});

test('differing parts stay separate, and share equal members', () => {
  const other = copyOf(account);
  const regions = other.regions.map((region) => ({
    ...region,
    instances:
      region.instances?.toReversed().map((one) => ({ ...one, tags: [{ key: 'team', value: 'moved' }] })) ??
      null,
  }));
  const shared = sharedWith(account, { ...other, regions, users: other.users.slice(1), takenAt: 'then' });
  expect(shared).toEqual({ ...other, regions, users: other.users.slice(1), takenAt: 'then' });
  const known = new Map(instancesIn(account).map((one) => [one.id, one]));
  for (const one of instancesIn(shared)) {
    expect(one.tags).toEqual([{ key: 'team', value: 'moved' }]);
    expect(one.securityGroups).toBe(known.get(one.id)?.securityGroups);
  }
  expect(shared.users[0]).toBe(account.users[1]);
});

test('a region and a list that only one of the two has stay unchanged', () => {
  const [first, ...others] = account.regions;
  const without = { ...account, regions: others };
  const other = copyOf(account);
  expect(sharedWith(without, other).regions[0]).toBe(other.regions[0]);
  const unread = { ...account, regions: [{ ...(first as Snapshot['regions'][number]), instances: null }] };
  expect(sharedWith(unread, other)).toEqual(other);
  expect(sharedWith(account, copyOf(unread)).regions[0]?.instances).toBeNull();
});
